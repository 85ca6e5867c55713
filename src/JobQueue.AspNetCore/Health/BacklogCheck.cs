namespace JobQueue.AspNetCore.Health;

/// <summary>Looks whether somebody takes the jobs that wait.</summary>
internal static class BacklogCheck
{
    public static async Task LookAsync(IJobMonitor monitor, DateTimeOffset now, TimeSpan? maxAge, HealthFindings findings, CancellationToken cancellationToken)
    {
        var counts = await monitor.GetCountsAsync(cancellationToken).ConfigureAwait(false);
        findings.Data["live_workers"] = counts.LiveWorkers;
        findings.Data["pending"] = counts.Pending;
        if (counts.LiveWorkers == 0)
        {
            findings.Degrade("No worker is alive, so no job runs: start a process with JobQueueOptions.RunWorkers.");
        }

        var queues = await monitor.GetQueuesAsync(cancellationToken).ConfigureAwait(false);
        var oldest = queues.Where(static queue => queue is { IsPaused: false, WaitingSince: not null }).MinBy(static queue => queue.WaitingSince);
        var age = now - oldest?.WaitingSince ?? TimeSpan.Zero;
        findings.Data["oldest_pending_age_s"] = Math.Max(0, Math.Round(age.TotalSeconds, 1));
        if (oldest is not null && age > maxAge)
        {
            findings.Degrade(
                $"The oldest job of queue '{oldest.Name}' has waited for {LoopCheck.Seconds(age)} ({oldest.Waiting} wait): add workers that serve the queue, raise their Concurrency, or pause the queue.");
        }
    }
}
