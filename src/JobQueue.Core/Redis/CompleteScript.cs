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
    byte[] Id, string Token, long FinishedAt, string Handler, string WaitField, string RunField, byte[] Record);

/// <summary>Runs complete.lua.</summary>
internal static class CompleteScript
{
    private const int GroupLength = 6;

    public static async Task<ScriptStatus[]> RunAsync(RedisShard shard, IReadOnlyList<CompleteItem> jobs, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Complete, Arguments(jobs), cancellationToken).ConfigureAwait(false));
        return Reply.StatusesBut(reply[1], jobs.Count);
    }

    /// <summary>Jobs that follow each other and share all but id and record are one group, so that the rest is sent and read once.</summary>
    private static RedisValue[] Arguments(IReadOnlyList<CompleteItem> jobs)
    {
        var arguments = new RedisValue[(CountGroups(jobs) * GroupLength) + (jobs.Count * 2)];
        for (int i = 0, at = 0, head = 0, size = 0; i < jobs.Count; i++)
        {
            var job = jobs[i];
            if (BeginsGroup(jobs, i))
            {
                (head, size) = (at, 0);
                arguments[at + 1] = job.Token;
                arguments[at + 2] = job.FinishedAt;
                arguments[at + 3] = job.Handler;
                arguments[at + 4] = job.WaitField;
                arguments[at + 5] = job.RunField;
                at += GroupLength;
            }

            arguments[head] = ++size;
            arguments[at++] = job.Id;
            arguments[at++] = job.Record;
        }

        return arguments;
    }

    private static int CountGroups(IReadOnlyList<CompleteItem> jobs)
    {
        var groups = 0;
        for (var i = 0; i < jobs.Count; i++)
        {
            groups += BeginsGroup(jobs, i) ? 1 : 0;
        }

        return groups;
    }

    private static bool BeginsGroup(IReadOnlyList<CompleteItem> jobs, int at)
    {
        if (at == 0)
        {
            return true;
        }

        var (job, before) = (jobs[at], jobs[at - 1]);
        return job.FinishedAt != before.FinishedAt || job.Token != before.Token || job.Handler != before.Handler
            || job.WaitField != before.WaitField || job.RunField != before.RunField;
    }
}
