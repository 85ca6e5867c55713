using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>Makes the store of each attempt of a pool, and holds what they share. Safe to use from any thread.</summary>
internal sealed class AttemptStores(RedisShard shard, JobQueueOptions options, TimeProvider time, ILogger logger)
{
    public RedisShard Shard { get; } = shard;

    public JobQueueOptions Options { get; } = options;

    public TimeProvider Time { get; } = time;

    public SharedOutageLog Journal { get; } = new(logger, "progress and log", time);

    public SharedOutageLog Steps { get; } = new(logger, "steps", time);

    /// <param name="lease">The lease that every write carries.</param>
    /// <param name="id">The job.</param>
    /// <param name="stopping">Fires when the attempt is asked to stop.</param>
    public AttemptStore Create(Lease lease, JobId id, CancellationToken stopping) => new(this, lease, id, stopping);
}
