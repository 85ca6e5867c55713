namespace JobQueue.Redis;

/// <summary>Runs open.lua.</summary>
internal static class OpenScript
{
    /// <returns>The schema version found, which this process must be able to write.</returns>
    public static async Task<string> RunAsync(RedisShard shard, int schema, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Open, [schema], cancellationToken).ConfigureAwait(false));
        return Reply.Text(reply[1]);
    }
}
