namespace JobQueue.Workers;

/// <summary>
/// Leased jobs that wait in this process for a free slot. A job must not wait here while another worker is free, so what has
/// not started for a while, or whose queue was paused, is taken out again. Safe to use from any thread.
/// </summary>
/// <remarks>
/// One slot is woken at a time, and wakes the next when it has found a job and more wait: where handlers return at once, a few slots do all the work, and
/// no time goes into waking others that find nothing. The slot that has slept for the shortest time is woken first.
/// </remarks>
internal sealed class LeaseQueue
{
    private readonly Lock _gate = new();
    private readonly Queue<Lease> _leases = new();
    private readonly Stack<LeaseWaiter> _sleeping = new();
    private bool _isWaking;
    private bool _isComplete;

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _leases.Count == 0;
            }
        }
    }

    /// <summary>How long the oldest has waited; zero when none does.</summary>
    public TimeSpan OldestAge
    {
        get
        {
            lock (_gate)
            {
                return _leases.TryPeek(out var oldest) ? oldest.Grant.Age : TimeSpan.Zero;
            }
        }
    }

    public void Add(Lease lease)
    {
        LeaseWaiter? woken;
        lock (_gate)
        {
            if (_isComplete)
            {
                return; // The pool has stopped: nobody takes it, and its lease ends by itself.
            }

            _leases.Enqueue(lease);
            woken = NextToWake();
        }

        woken?.Wake();
    }

    /// <summary>No more leases: slots end after what is here.</summary>
    public void Complete()
    {
        LeaseWaiter[] sleeping;
        lock (_gate)
        {
            _isComplete = true;
            sleeping = [.. _sleeping];
            _sleeping.Clear();
        }

        foreach (var waiter in sleeping)
        {
            waiter.Wake();
        }
    }

    /// <summary>For a slot: takes the oldest, or sleeps until there may be one.</summary>
    /// <param name="waiter">The slot's own.</param>
    /// <param name="isAwake">Whether the slot was asleep and has been woken.</param>
    /// <param name="lease">What it has taken.</param>
    /// <returns>Whether there is something to take or to wait for; false at the end.</returns>
    public bool TryTakeOrSleep(LeaseWaiter waiter, bool isAwake, out Lease? lease)
    {
        LeaseWaiter? woken = null;
        lock (_gate)
        {
            _isWaking &= !isAwake;
            if (_leases.TryDequeue(out lease))
            {
                woken = NextToWake();
            }
            else if (_isComplete)
            {
                return false;
            }
            else
            {
                waiter.Sleep();
                _sleeping.Push(waiter);
            }
        }

        woken?.Wake();
        return true;
    }

    /// <summary>Takes out the oldest if it has waited longer than that.</summary>
    public Lease? TakeOlderThan(TimeSpan age)
    {
        lock (_gate)
        {
            return _leases.TryPeek(out var oldest) && oldest.Grant.Age > age ? _leases.Dequeue() : null;
        }
    }

    /// <summary>Takes out the oldest.</summary>
    public Lease? Take()
    {
        lock (_gate)
        {
            return _leases.TryDequeue(out var lease) ? lease : null;
        }
    }

    /// <summary>Takes out those of a queue; the others keep their order.</summary>
    public List<Lease> TakeOf(string queue)
    {
        var taken = new List<Lease>();
        lock (_gate)
        {
            for (var left = _leases.Count; left > 0; left--)
            {
                var lease = _leases.Dequeue();
                if (JobPriorities.QueueOf(lease.Line).SequenceEqual(queue))
                {
                    taken.Add(lease);
                }
                else
                {
                    _leases.Enqueue(lease);
                }
            }
        }

        return taken;
    }

    /// <summary>Under the lock: the slot to wake, when something waits and no slot is on its way to look.</summary>
    private LeaseWaiter? NextToWake()
    {
        if (_isWaking || _leases.Count == 0 || !_sleeping.TryPop(out var waiter))
        {
            return null;
        }

        _isWaking = true;
        return waiter;
    }
}
