namespace JobQueue.Redis;

/// <summary>Runs run_now.lua.</summary>
internal static class RunNowScript
{
    public static async Task<ScriptStatus> RunAsync(RedisShard shard, JobId id, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.RunNow, [id.ToString()], cancellationToken).ConfigureAwait(false));
        return Reply.Status(reply[0]);
    }
}
