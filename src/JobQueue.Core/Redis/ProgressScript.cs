namespace JobQueue.Redis;

/// <summary>Runs progress.lua.</summary>
internal static class ProgressScript
{
    /// <param name="shard">The store.</param>
    /// <param name="id">The job.</param>
    /// <param name="token">Its lease.</param>
    /// <param name="progress">What is stored, as JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<ScriptStatus> RunAsync(RedisShard shard, string id, string token, byte[] progress, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Progress, [id, token, progress], cancellationToken).ConfigureAwait(false));
        return Reply.Status(reply[0]);
    }
}
