namespace JobQueue.DeadLetters;

/// <summary>Makes the record of a dead job's new round: all its retries are there again, and its history is kept.</summary>
internal static class NewRound
{
    /// <param name="record">The record of the dead job.</param>
    /// <param name="now">The server's time in ms, from which it is due.</param>
    public static void Begin(JobRecord record, long now)
    {
        record.Round++;
        record.RequeuedAt = now;
        record.RetryCount = 0;
        record.UnknownSince = null;
        record.Fingerprint = null;
        record.Status = null;
        record.FinishedAt = null;
        record.Reason = null;
        if (record.Deadline <= now)
        {
            record.Deadline = null; // Whoever begins a round wants it to run, and nothing can run after its deadline.
        }
    }
}
