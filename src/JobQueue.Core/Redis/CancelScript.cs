namespace JobQueue.Redis;

/// <summary>A cancellation of a job as it was read.</summary>
/// <param name="Id">The job.</param>
/// <param name="State">Its state; a running one can only be asked to stop, and needs no record.</param>
/// <param name="Previous">The record's bytes as they were read.</param>
/// <param name="Line">The line of the record.</param>
/// <param name="FinishedAt">When the record says that it was cancelled.</param>
/// <param name="Handler">The name of its handler.</param>
/// <param name="Record">The record that says so.</param>
internal readonly record struct Cancellation(
    JobId Id, JobState State, byte[] Previous, string Line, long FinishedAt, string Handler, byte[] Record)
{
    public static Cancellation OfRunning(JobId id) => new(id, JobState.Running, [], "", FinishedAt: 0, "", []);
}

/// <summary>Runs cancel.lua.</summary>
internal static class CancelScript
{
    public static async Task<ScriptStatus> RunAsync(RedisShard shard, Cancellation job, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(
                RedisScripts.Cancel,
                [job.Id.ToString(), RecordHash.Of(job.Previous), job.State.ToPlace(), job.Line, job.FinishedAt, job.Handler, job.Record],
                cancellationToken)
            .ConfigureAwait(false));
        return Reply.Status(reply[0]);
    }
}
