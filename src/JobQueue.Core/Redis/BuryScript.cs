namespace JobQueue.Redis;

/// <summary>A leased job that nobody runs any more, and how it ends.</summary>
/// <param name="Id">The job.</param>
/// <param name="Token">The lease it was read under.</param>
/// <param name="Previous">The record's bytes as they were read; empty when its key holds another type.</param>
/// <param name="Outcome"><see cref="SettleOutcome.Dead"/> or <see cref="SettleOutcome.Cancelled"/>.</param>
/// <param name="FinishedAt">As its new record says, in ms.</param>
/// <param name="Handler">Whose statistics it counts in.</param>
/// <param name="Group">What people call its group of dead letters; empty for none.</param>
/// <param name="Record">Its new record.</param>
internal readonly record struct BuryItem(
    string Id, string Token, byte[] Previous, SettleOutcome Outcome, long FinishedAt, string Handler, byte[] Group, byte[] Record);

/// <summary>Runs bury.lua.</summary>
internal static class BuryScript
{
    public static async Task<ScriptStatus> RunAsync(RedisShard shard, BuryItem job, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(
                RedisScripts.Bury,
                [job.Id, job.Token, job.Previous.Length == 0 ? "" : RecordHash.Of(job.Previous), (int)job.Outcome, job.FinishedAt, job.Handler, job.Group, job.Record],
                cancellationToken)
            .ConfigureAwait(false));
        return Reply.Status(reply[0]);
    }
}
