using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>What the attempts of a pool write with beside their jobs' records. Safe to use from any thread.</summary>
internal sealed class AttemptStores(RedisShard shard, JobQueueOptions options, TimeProvider time, ILogger logger)
{
    public RedisShard Shard { get; } = shard;

    public JobQueueOptions Options { get; } = options;

    public TimeProvider Time { get; } = time;

    public SharedOutageLog Journal { get; } = new(logger, "progress and log", time);

    public SharedOutageLog Steps { get; } = new(logger, "steps", time);
}
