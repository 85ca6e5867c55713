namespace JobQueue.Redis;

/// <summary>Runs wait.lua.</summary>
internal static class WaitScript
{
    public static Task RunAsync(RedisShard shard, JobId id, TimeSpan wait, CancellationToken cancellationToken)
        => shard.EvaluateAsync(RedisScripts.Wait, [id.ToString(), (long)Math.Ceiling(wait.TotalMilliseconds)], cancellationToken);
}
