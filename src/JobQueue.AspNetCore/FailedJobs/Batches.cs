namespace JobQueue.AspNetCore.FailedJobs;

/// <summary>Repeats a call that handles a batch until all is done.</summary>
internal static class Batches
{
    public static async Task<(List<string> Done, List<string> Failed)> RunAsync(Func<string?, Task<DeadLetterBatch>> runAsync)
    {
        var (done, failed) = (new List<string>(), new List<string>());
        string? cursor = null;
        do
        {
            var batch = await runAsync(cursor).ConfigureAwait(false);
            done.AddRange(batch.JobIds.Select(static id => id.ToString()));
            failed.AddRange(batch.FailedJobIds.Select(static id => id.ToString()));
            cursor = batch.NextCursor;
        }
        while (cursor is not null);

        return (done, failed);
    }
}
