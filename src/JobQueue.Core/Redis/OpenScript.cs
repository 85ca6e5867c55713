namespace JobQueue.Redis;

/// <summary>Runs open.lua.</summary>
internal static class OpenScript
{
    /// <returns>The schema version found, which this process must be able to write; and the eviction policy, or empty.</returns>
    public static async Task<(string Schema, string EvictionPolicy)> RunAsync(RedisShard shard, int schema, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Open, [schema], cancellationToken).ConfigureAwait(false));
        return (Reply.Text(reply[1]), Reply.Text(reply[2]) ?? "");
    }
}
