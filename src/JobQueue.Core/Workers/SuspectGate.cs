namespace JobQueue.Workers;

/// <summary>
/// Lets a suspect run alone in its process, so that whatever kills the process meanwhile is the suspect itself (docs/decisions/007). All
/// pools of a process share the gate: each begins its fetches through its <see cref="SuspectSeat"/>. Safe to use from any thread.
/// </summary>
/// <remarks>
/// The gate is open, and everybody fetches; or one pool drains, and nobody begins a fetch while what the process holds ends; or that
/// pool is alone, from before the fetch of a suspect until its outcome is stored. After that, or after a drain that was given up, the
/// process rests for as long as it took: at least half of its time goes to ordinary jobs, unless there are none.
/// </remarks>
internal sealed class SuspectGate(TimeProvider time)
{
    private readonly Lock _lock = new();
    private volatile SuspectSeat[] _seats = [];
    private volatile SuspectSeat? _owner;
    private volatile bool _isAlone;
    private long _began;
    private long _restBegan;
    private TimeSpan _rest;

    /// <summary>The pool that drains or is alone.</summary>
    public SuspectSeat? Owner => _owner;

    public bool IsAlone => _isAlone;

    /// <summary>How long the owner has drained or been alone.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_lock)
            {
                return time.GetElapsedTime(_began);
            }
        }
    }

    /// <summary>How long it is until a busy process may run the next suspect.</summary>
    public TimeSpan RestLeft
    {
        get
        {
            lock (_lock)
            {
                var left = _rest - time.GetElapsedTime(_restBegan);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>A pool takes part, with its loop on one shard.</summary>
    /// <param name="holdsNothing">Whether it has no lease whose outcome is not stored, runs nothing, and has no fetch without an answer.</param>
    /// <param name="wake">Makes its loop look again.</param>
    public SuspectSeat Join(Func<bool> holdsNothing, Action wake)
    {
        var seat = new SuspectSeat(this, holdsNothing, wake);
        lock (_lock)
        {
            _seats = [.. _seats, seat];
        }

        return seat;
    }

    /// <summary>
    /// Begins an ordinary fetch, unless the gate is closed. Its number is drawn under the lock: from then on until its answer is
    /// taken the pool holds something.
    /// </summary>
    public long? BeginFetch(Func<long> number)
    {
        lock (_lock)
        {
            return _owner is null ? number() : null;
        }
    }

    /// <summary>Whether a try to be alone would do now.</summary>
    public bool CanBeAlone(SuspectSeat seat)
    {
        lock (_lock)
        {
            return MayOwn(seat) && HoldsNothing();
        }
    }

    /// <summary>Closes the gate for a suspect, if the process holds nothing.</summary>
    public bool TryBeAlone(SuspectSeat seat)
    {
        lock (_lock)
        {
            if (!MayOwn(seat) || !HoldsNothing())
            {
                return false;
            }

            _began = _owner is null ? time.GetTimestamp() : _began;
            (_owner, _isAlone) = (seat, true);
            foreach (var each in _seats)
            {
                each.FoundNothing = false; // Ordinary jobs may come meanwhile: they are looked for before the next suspect.
            }

            return true;
        }
    }

    /// <summary>Closes the gate so that what the process holds ends.</summary>
    public bool TryDrain(SuspectSeat seat)
    {
        lock (_lock)
        {
            if (_owner is not null || RestLeft > TimeSpan.Zero)
            {
                return false;
            }

            (_owner, _isAlone, _began) = (seat, false, time.GetTimestamp());
        }

        WakeOthers(seat);
        return true;
    }

    /// <summary>Opens the gate again.</summary>
    /// <param name="seat">Who has closed it; another does nothing.</param>
    /// <param name="leastRest">The rest is at least this long.</param>
    public void Open(SuspectSeat seat, TimeSpan leastRest)
    {
        lock (_lock)
        {
            if (_owner != seat)
            {
                return;
            }

            var took = time.GetElapsedTime(_began);
            (_rest, _restBegan) = (took > leastRest ? took : leastRest, time.GetTimestamp());
            (_owner, _isAlone) = (null, false);
        }

        WakeOthers(seat);
    }

    /// <summary>A rest is for ordinary jobs: where all pools have looked and found none, there is nothing to rest for.</summary>
    private bool MayOwn(SuspectSeat seat)
        => _owner == seat ? !_isAlone : _owner is null && (RestLeft == TimeSpan.Zero || Array.TrueForAll(_seats, static each => each.FoundNothing));

    private bool HoldsNothing() => Array.TrueForAll(_seats, static each => each.HoldsNothing());

    private void WakeOthers(SuspectSeat seat)
    {
        foreach (var each in _seats)
        {
            if (each != seat)
            {
                each.Wake();
            }
        }
    }
}
