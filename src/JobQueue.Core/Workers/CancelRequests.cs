namespace JobQueue.Workers;

/// <summary>
/// Jobs of this worker that somebody asked to stop: heard at once by a message, and again with each beat while they are
/// leased, in case a message was lost. A request may come before the job's handler has begun, so it is kept for a while.
/// Safe to use from any thread.
/// </summary>
internal sealed class CancelRequests(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _asked = new(StringComparer.Ordinal);
    private volatile bool _any;

    /// <summary>Fires the token of a running job; set by the pool.</summary>
    public Action<string> StopRunning { get; set; } = static _ => { };

    /// <summary>Noted before the running jobs are looked at: a slot notes its job before it asks here, so one of the two sees the other.</summary>
    public void Add(string id)
    {
        lock (_gate)
        {
            _asked[id] = time.GetTimestamp();
            _any = true;
        }

        Interlocked.MemoryBarrier(); // The note is seen by others before this thread looks at what runs.
        StopRunning(id);
    }

    /// <summary>Whether a lease was asked to stop.</summary>
    public bool Contains(Lease lease)
    {
        Interlocked.MemoryBarrier(); // What this thread runs is seen by others before it looks here.
        return _any && Contains(lease.IdText, lease.Grant.AskedAt);
    }

    /// <summary>Whether a lease was asked to stop.</summary>
    /// <param name="id">The job.</param>
    /// <param name="since">
    /// When its fetch was sent. What was heard before was asked of an earlier lease of the same id, and came after that one's end: the
    /// job has been requeued since, or deleted and enqueued again.
    /// </param>
    internal bool Contains(string id, long since)
    {
        lock (_gate)
        {
            return _asked.TryGetValue(id, out var at) && at >= since;
        }
    }

    /// <summary>The job is not this worker's any more.</summary>
    public void Forget(Lease lease)
    {
        if (_any)
        {
            Forget(lease.IdText);
        }
    }

    internal void Forget(string id)
    {
        lock (_gate)
        {
            _asked.Remove(id);
            _any = _asked.Count > 0;
        }
    }

    /// <summary>Forgets requests for jobs that never came here; those that are leased are told again by the next beat.</summary>
    public void Prune()
    {
        if (!_any)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var (id, at) in _asked)
            {
                if (time.GetElapsedTime(at) > Kept)
                {
                    _asked.Remove(id);
                }
            }

            _any = _asked.Count > 0;
        }
    }
}
