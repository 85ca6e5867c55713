namespace JobQueue.Redis;

/// <summary>A deletion of a job as it was read.</summary>
/// <param name="Id">The job.</param>
/// <param name="State">Its state, any but running.</param>
/// <param name="Previous">The record's bytes as they were read.</param>
/// <param name="FinishedAt">When the record says that it finished; 0 when it does not.</param>
internal readonly record struct Deletion(JobId Id, JobState State, byte[] Previous, long FinishedAt);

/// <summary>Runs delete.lua.</summary>
internal static class DeleteScript
{
    public static async Task<ScriptStatus> RunAsync(RedisShard shard, Deletion job, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(
                RedisScripts.Delete,
                [job.Id.ToString(), RecordHash.Of(job.Previous), job.State.ToPlace(), job.FinishedAt],
                cancellationToken)
            .ConfigureAwait(false));
        return Reply.Status(reply[0]);
    }
}
