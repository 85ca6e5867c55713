namespace JobQueue.Redis;

/// <summary>Runs open.lua.</summary>
internal static class OpenScript
{
    /// <returns>
    /// The server's clock, in ms; the schema version found, which this process must be able to write; and the eviction policy, or empty.
    /// </returns>
    public static async Task<(long Now, string Schema, string EvictionPolicy)> RunAsync(RedisShard shard, int schema, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Open, [schema], cancellationToken).ConfigureAwait(false));
        return (Reply.Int(reply[0]), Reply.Text(reply[1]), Reply.Text(reply[2]) ?? "");
    }
}
