using System.Collections.Concurrent;

namespace JobQueue.Workers;

/// <summary>
/// Jobs of this worker that somebody asked to stop: heard at once by a message, and again with each beat while they are
/// leased, in case a message was lost. A request may come before the job's handler has begun, so it is kept for a while.
/// Safe to use from any thread.
/// </summary>
internal sealed class CancelRequests(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _asked = new(StringComparer.Ordinal);

    /// <summary>Fires the token of a running job; set by the pool.</summary>
    public Action<string> StopRunning { get; set; } = static _ => { };

    /// <summary>Noted before the running jobs are looked at: a slot notes its job before it asks here, so one of the two sees the other.</summary>
    public void Add(string id)
    {
        _asked[id] = time.GetTimestamp();
        StopRunning(id);
    }

    public bool Contains(string id) => !_asked.IsEmpty && _asked.ContainsKey(id);

    /// <summary>The job is not this worker's any more.</summary>
    public void Forget(string id)
    {
        if (!_asked.IsEmpty)
        {
            _asked.TryRemove(id, out _);
        }
    }

    /// <summary>Forgets requests for jobs that never came here; those that are leased are told again by the next beat.</summary>
    public void Prune()
    {
        foreach (var (id, at) in _asked)
        {
            if (time.GetElapsedTime(at) > Kept)
            {
                _asked.TryRemove(id, out _);
            }
        }
    }
}
