using System.Globalization;

namespace JobQueue.AspNetCore.Operations;

/// <summary>What was read of the store at one time.</summary>
internal sealed record Situation(
    DateTimeOffset Now,
    JobCounts Counts,
    IReadOnlyList<QueueInfo> Queues,
    IReadOnlyList<WorkerInfo> Workers,
    IReadOnlyList<HistoryPoint> History,
    IReadOnlyList<RecurringJob> Recurring);

/// <summary>Something that a person should look at now.</summary>
/// <param name="Kind">Which kind of thing.</param>
/// <param name="Severity"><c>critical</c>: work stands still or is lost to retries; <c>warning</c>: it soon may.</param>
/// <param name="Message">What it is, in words.</param>
/// <param name="Count">How many it concerns.</param>
/// <param name="Subject">The queue, worker or recurring job; null when it concerns the whole.</param>
internal sealed record AttentionShape(string Kind, string Severity, string Message, long Count, string? Subject);

/// <summary>Finds what needs attention, the worst first.</summary>
internal static class Attention
{
    /// <summary>How far back deaths count as new.</summary>
    public static readonly TimeSpan RisingPeriod = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan OldBacklog = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LateTimetable = TimeSpan.FromMinutes(1);

    private const string Critical = "critical";
    private const string Warning = "warning";

    public static IReadOnlyList<AttentionShape> Find(Situation situation)
        => [.. FindAll(situation).OrderBy(static item => item.Severity == Critical ? 0 : 1)];

    private static IEnumerable<AttentionShape> FindAll(Situation situation)
        => OfWorkers(situation).Concat(OfDeadLetters(situation)).Concat(OfQueues(situation)).Concat(OfRecurring(situation));

    private static IEnumerable<AttentionShape> OfWorkers(Situation situation)
    {
        if (situation.Counts is { LiveWorkers: 0 } counts)
        {
            yield return new("no_workers", counts.Pending > 0 ? Critical : Warning, $"No worker is live, and {Waiting(counts.Pending)} for one.", counts.Pending, null);
        }

        foreach (var worker in situation.Workers)
        {
            if (worker.LostAt is { } lost)
            {
                yield return new(
                    "workers_lost", Warning, $"Worker {worker.Id} on {worker.Host ?? "an unknown host"} was lost at {lost:HH:mm:ss} UTC; its jobs run elsewhere.", worker.Jobs.Count, worker.Id);
            }
            else if (worker.StuckSlots > 0)
            {
                yield return new(
                    "stuck_jobs", Critical, $"Worker {worker.Id} has {Count(worker.StuckSlots, "slot")} held by handlers that ignore that they were stopped.", worker.StuckSlots, worker.Id);
            }
        }
    }

    private static IEnumerable<AttentionShape> OfDeadLetters(Situation situation)
    {
        var died = situation.History.Sum(static point => point.Dead);
        if (died > 0)
        {
            yield return new(
                "dead_letters_rising", Critical, $"{Count(died, "job")} died in the last {RisingPeriod.TotalMinutes:0} minutes, and {Count(situation.Counts.Dead, "job")} in all {(situation.Counts.Dead == 1 ? "is" : "are")} dead.", died, null);
        }
    }

    private static IEnumerable<AttentionShape> OfQueues(Situation situation)
    {
        foreach (var queue in situation.Queues)
        {
            if (queue.IsPaused)
            {
                yield return new("queue_paused", Warning, $"Queue {queue.Name} is paused, and {Waiting(queue.Waiting)} in it.", queue.Waiting, queue.Name);
            }
            else if (queue.WaitingSince is { } since && situation.Now - since > OldBacklog)
            {
                yield return new(
                    "backlog_old", Warning, $"The oldest job of queue {queue.Name} has waited for {Words(situation.Now - since)}.", queue.Waiting, queue.Name);
            }
        }
    }

    private static IEnumerable<AttentionShape> OfRecurring(Situation situation)
    {
        foreach (var job in situation.Recurring)
        {
            if (job.Problem is { } problem)
            {
                yield return new("recurring_broken", Critical, $"The recurring job {job.Name} does not fire: {problem}", 1, job.Name);
            }
            else if (job is { IsEnabled: true, NextRunAt: { } next } && situation.Now - next > LateTimetable)
            {
                yield return new("recurring_missed", Critical, $"The recurring job {job.Name} was due {Words(situation.Now - next)} ago, and no process has fired it.", 1, job.Name);
            }
        }
    }

    private static string Waiting(long count) => Count(count, "job") + (count == 1 ? " waits" : " wait");

    private static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    private static string Words(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => Count((long)time.TotalDays, "day"),
        { TotalHours: >= 2 } => Count((long)time.TotalHours, "hour"),
        _ => Count((long)time.TotalMinutes, "minute"),
    };
}
