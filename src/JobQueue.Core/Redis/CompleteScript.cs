using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>One job that succeeded.</summary>
/// <param name="Id">The job.</param>
/// <param name="Token">The lease it ends.</param>
/// <param name="FinishedAt">As its record says, in ms.</param>
/// <param name="Handler">Whose statistics it counts in.</param>
/// <param name="WaitField">The bucket of its wait.</param>
/// <param name="RunField">The bucket of its run.</param>
/// <param name="Record">Its record.</param>
internal readonly record struct CompleteItem(
    string Id, string Token, long FinishedAt, string Handler, string WaitField, string RunField, byte[] Record);

/// <summary>Runs complete.lua.</summary>
internal static class CompleteScript
{
    private const int Width = 7;

    public static async Task<ScriptStatus[]> RunAsync(RedisShard shard, IReadOnlyList<CompleteItem> jobs, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[jobs.Count * Width];
        for (int i = 0, at = 0; i < jobs.Count; i++, at += Width)
        {
            var job = jobs[i];
            var before = i > 0 ? jobs[i - 1] : default;
            arguments[at] = job.Id;
            arguments[at + 1] = job.Token == before.Token ? arguments[at + 1 - Width] : job.Token; // A text is encoded each time it becomes a value.
            arguments[at + 2] = job.FinishedAt;
            arguments[at + 3] = job.Handler == before.Handler ? arguments[at + 3 - Width] : job.Handler;
            arguments[at + 4] = job.WaitField == before.WaitField ? arguments[at + 4 - Width] : job.WaitField;
            arguments[at + 5] = job.RunField == before.RunField ? arguments[at + 5 - Width] : job.RunField;
            arguments[at + 6] = job.Record;
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Complete, arguments, cancellationToken).ConfigureAwait(false));
        return Reply.Statuses(reply[1]);
    }
}
