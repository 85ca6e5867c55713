using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>What becomes of a job whose attempt did not succeed. The numbers are settle.lua's.</summary>
internal enum SettleOutcome
{
    Retrying = 1,
    Dead = 2,
    Scheduled = 3,
    Cancelled = 4,
}

/// <summary>One attempt that did not succeed.</summary>
/// <param name="Id">The job.</param>
/// <param name="Token">The lease it ends.</param>
/// <param name="Outcome">What becomes of the job.</param>
/// <param name="DelayMs">Until it is due again, when it is.</param>
/// <param name="Line">The list it then waits in.</param>
/// <param name="FinishedAt">As its record says, in ms, when it has ended.</param>
/// <param name="Handler">Whose statistics it counts in.</param>
/// <param name="WaitField">The bucket of its wait.</param>
/// <param name="RunField">The bucket of its run; empty when the handler did not run.</param>
/// <param name="Group">What people call its group of dead letters; empty for none.</param>
/// <param name="Record">Its record.</param>
internal readonly record struct SettleItem(
    string Id,
    string Token,
    SettleOutcome Outcome,
    long DelayMs,
    string Line,
    long FinishedAt,
    string Handler,
    string WaitField,
    string RunField,
    byte[] Group,
    byte[] Record);

/// <summary>Runs settle.lua.</summary>
internal static class SettleScript
{
    private const int Width = 11;

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
            arguments[at + 5] = job.FinishedAt;
            arguments[at + 6] = job.Handler;
            arguments[at + 7] = job.WaitField;
            arguments[at + 8] = job.RunField;
            arguments[at + 9] = job.Group;
            arguments[at + 10] = job.Record;
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Settle, arguments, cancellationToken).ConfigureAwait(false));
        return Reply.Statuses(reply[1]);
    }
}
