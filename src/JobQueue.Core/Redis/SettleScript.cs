using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>What becomes of a job whose attempt did not succeed. The numbers are settle.lua's.</summary>
internal enum SettleOutcome
{
    Retrying = 1,
    Dead = 2,
}

/// <summary>One attempt that did not succeed.</summary>
internal readonly record struct SettleItem(string Id, string Token, SettleOutcome Outcome, long DelayMs, string Line, byte[] Record);

/// <summary>Runs settle.lua.</summary>
internal static class SettleScript
{
    private const int Width = 6;

    public static async Task<ScriptStatus[]> RunAsync(RedisShard shard, IReadOnlyList<SettleItem> jobs, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[jobs.Count * Width];
        for (int i = 0, at = 0; i < jobs.Count; i++, at += Width)
        {
            var job = jobs[i];
            arguments[at] = job.Id;
            arguments[at + 1] = job.Token;
            arguments[at + 2] = (int)job.Outcome;
            arguments[at + 3] = job.DelayMs;
            arguments[at + 4] = job.Line;
            arguments[at + 5] = job.Record;
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Settle, arguments, cancellationToken).ConfigureAwait(false));
        return Reply.Statuses(reply[1]);
    }
}
