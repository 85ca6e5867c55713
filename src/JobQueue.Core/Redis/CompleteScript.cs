using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>One job that succeeded.</summary>
internal readonly record struct CompleteItem(string Id, string Token, byte[] Record);

/// <summary>Runs complete.lua.</summary>
internal static class CompleteScript
{
    private const int Width = 3;

    public static async Task<ScriptStatus[]> RunAsync(RedisShard shard, IReadOnlyList<CompleteItem> jobs, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[jobs.Count * Width];
        for (int i = 0, at = 0; i < jobs.Count; i++, at += Width)
        {
            var job = jobs[i];
            arguments[at] = job.Id;
            arguments[at + 1] = job.Token;
            arguments[at + 2] = job.Record;
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Complete, arguments, cancellationToken).ConfigureAwait(false));
        return Reply.Statuses(reply[1]);
    }
}
