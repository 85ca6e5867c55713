namespace JobQueue.Workers;

/// <summary>
/// Asks the attempts of one slot to stop that take too long. One timer serves all of them, and is set only when an attempt is to end before it fires: most
/// attempts end long before, and a timer that finds the next one still in its time goes on for the rest. Safe to use from any thread.
/// </summary>
internal sealed class AttemptClock : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private Lease? _lease;
    private StopReason _reason;
    private long _endsAt;
    private long _firesAt = long.MaxValue;

    public AttemptClock(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((AttemptClock)state!).OnFired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>An attempt begins, and is asked to stop when it has taken that long.</summary>
    public void Begin(Lease lease, TimeSpan limit, StopReason reason)
    {
        lock (_gate)
        {
            (_lease, _reason) = (lease, reason);
            _endsAt = _time.GetTimestamp() + (long)(limit.TotalSeconds * _time.TimestampFrequency);
            if (_endsAt < _firesAt)
            {
                Set(limit);
            }
        }
    }

    /// <summary>The attempt has ended.</summary>
    public void End()
    {
        lock (_gate)
        {
            _lease = null;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnFired()
    {
        Lease lease;
        lock (_gate)
        {
            _firesAt = long.MaxValue;
            if (_lease is not { } running)
            {
                return;
            }

            var left = _time.GetElapsedTime(_time.GetTimestamp(), _endsAt);
            if (left > TimeSpan.Zero)
            {
                Set(left);
                return;
            }

            (lease, _lease) = (running, null);
        }

        lease.Stop(_reason);
    }

    private void Set(TimeSpan left)
    {
        _firesAt = _endsAt;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan); // A timer counts whole ms, and must not fire before.
    }
}
