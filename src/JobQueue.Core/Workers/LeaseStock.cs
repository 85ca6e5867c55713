using System.Collections.Concurrent;
using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>
/// The leases of a pool from their fetch until their end: hands them to the slots, hands back those that can't start soon, and
/// counts. The fetch loops add and hand back; slots take and end from any thread.
/// </summary>
internal sealed class LeaseStock(QueueLimits limits, CancelRequests cancels)
{
    /// <summary>A job that has not started here after this long goes back to the front of its queue.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromMilliseconds(250);

    private readonly LeaseQueue _queue = new();
    private readonly ConcurrentQueue<string> _paused = new();
    private int _held;
    private int _handedBack;
    private int _roomAt = int.MaxValue;
    private volatile bool _keepsNothingAhead;
    private volatile bool _isStuck;

    /// <summary>
    /// Called when leases have ended and <see cref="RoomFor"/> may answer otherwise than it did; true when there is room now for what a fetch had to leave.
    /// </summary>
    public Action<bool> Freed { get; set; } = static _ => { };

    /// <summary>The leases that wait for a slot.</summary>
    public LeaseQueue Queue => _queue;

    /// <summary>Leases that wait or run.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Leases handed back before a slot had taken them.</summary>
    public int HandedBack => Volatile.Read(ref _handedBack);

    /// <summary>Jobs had to go back because no slot came free: nothing is leased ahead until one has ended.</summary>
    public bool KeepsNothingAhead => _keepsNothingAhead;

    /// <summary>How long until something here has waited too long.</summary>
    /// <param name="most">The answer when nothing does.</param>
    public TimeSpan UntilStale(TimeSpan most)
    {
        if (_queue.IsEmpty || _isStuck)
        {
            return most;
        }

        var left = StaleAfter - _queue.OldestAge;
        var least = TimeSpan.FromMilliseconds(10);
        return left > most ? most : left > least ? left : least;
    }

    public void Add(LeaseGrant grant, in FetchReply reply, Reservation reservation)
    {
        var at = 0;
        foreach (var run in reply.Taken)
        {
            limits.Use(reservation, run.Line, run.Count);
            Interlocked.Add(ref _held, run.Count);
            for (var end = at + run.Count; at < end; at++)
            {
                var lease = new Lease(grant, run.Line, reply.Ids[at], reply.Records[at]);
                grant.Home.Open.Add(lease);
                _queue.Add(lease);
            }
        }
    }

    /// <summary>A slot is done with a lease.</summary>
    public void End(Lease lease)
    {
        if (lease.TryEnd())
        {
            if (_keepsNothingAhead)
            {
                _keepsNothingAhead = false;
                Volatile.Write(ref _roomAt, int.MaxValue);
            }

            GiveFree(lease);
        }
    }

    /// <summary>The report of a suspect was answered: the loop that has waited for it goes on.</summary>
    public void OnSuspectClosed() => Freed(true);

    /// <summary>
    /// Free slots plus what is worth leasing ahead. While something waits here already, rests are left to gather, so that
    /// a fetch is worth its round trip.
    /// </summary>
    /// <param name="slots">How many jobs can run at the same time.</param>
    /// <param name="ahead">What is worth leasing beyond them.</param>
    /// <param name="reserved">What fetches that are on their way may bring.</param>
    public int RoomFor(int slots, LeaseAhead ahead, int reserved = 0)
    {
        ahead = _keepsNothingAhead ? default : ahead;
        var least = Math.Max(1, ahead.Least);
        Volatile.Write(ref _roomAt, slots + ahead.Jobs - least - reserved);
        Interlocked.MemoryBarrier(); // Who ends a lease now sees this, or is seen by the look that follows.
        var held = Held + reserved;
        var free = slots + ahead.Jobs - held;
        return held > slots && free < least ? 0 : Math.Max(0, free);
    }

    /// <summary>A queue was paused: what waits here of it goes back with the next <see cref="HandBackWaiting"/>.</summary>
    public void Pause(string queue) => _paused.Enqueue(queue);

    /// <summary>Hands back what belongs to paused queues and what has waited too long.</summary>
    public void HandBackWaiting()
    {
        _isStuck = false;
        while (_paused.TryDequeue(out var queue))
        {
            foreach (var lease in _queue.TakeOf(queue))
            {
                HandBack(lease);
            }
        }

        while (!_isStuck && _queue.TakeOlderThan(StaleAfter) is { } stale)
        {
            HandBack(stale);
            _keepsNothingAhead = true;
        }
    }

    /// <summary>Hands back everything that no slot has taken yet.</summary>
    public void HandBackAll()
    {
        _isStuck = false;
        while (!_isStuck && _queue.Take() is { } lease)
        {
            HandBack(lease);
        }
    }

    private void HandBack(Lease lease)
    {
        if (!lease.Worker.IsLost && !lease.Grant.Home.Settler.TryAdd(Settlement.Release(lease)))
        {
            // The buffer is full because Redis is away: the job waits here as well as there, and a slot may still take it.
            _queue.Add(lease);
            _isStuck = true;
            return;
        }

        if (lease.TryClaim() && lease.TryEnd())
        {
            Interlocked.Increment(ref _handedBack);
            GiveFree(lease);
        }
    }

    private void GiveFree(Lease lease)
    {
        var held = Interlocked.Decrement(ref _held);
        cancels.Forget(lease);
        var makesRoom = limits.Ended(lease);
        if (makesRoom || held == 0 || held <= Volatile.Read(ref _roomAt))
        {
            Freed(makesRoom);
        }
    }
}
