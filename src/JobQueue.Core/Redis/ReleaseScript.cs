using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>One leased job to hand back; a delay of 0 puts it at the front of its list.</summary>
internal readonly record struct ReleaseItem(string Id, string Token, string Line, long DelayMs);

/// <summary>Runs release.lua.</summary>
internal static class ReleaseScript
{
    private const int Width = 4;

    public static async Task<ScriptStatus[]> RunAsync(RedisShard shard, IReadOnlyList<ReleaseItem> jobs, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[jobs.Count * Width];
        for (int i = 0, at = 0; i < jobs.Count; i++, at += Width)
        {
            var job = jobs[i];
            arguments[at] = job.Id;
            arguments[at + 1] = job.Token;
            arguments[at + 2] = job.Line;
            arguments[at + 3] = job.DelayMs;
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Release, arguments, cancellationToken).ConfigureAwait(false));
        return Reply.Statuses(reply[1]);
    }
}
