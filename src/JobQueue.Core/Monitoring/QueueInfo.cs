namespace JobQueue;

/// <summary>A queue and what waits in it, as it was when it was read.</summary>
/// <remarks>Immutable; safe to use from any thread.</remarks>
public sealed record QueueInfo
{
    /// <summary>The queue's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether workers leave it alone until it is resumed.</summary>
    public bool IsPaused { get; init; }

    /// <summary>All jobs that wait for a worker, suspects included.</summary>
    public long Waiting { get; init; }

    /// <summary>Jobs that wait, by priority; every priority is there.</summary>
    public required IReadOnlyDictionary<JobPriority, long> WaitingByPriority { get; init; }

    /// <summary>Jobs that wait and whose process has died under them before, so that they run one at a time.</summary>
    public long Suspects { get; init; }

    /// <summary>Jobs that workers took of it in the last minute, those of them that they have handed back since included.</summary>
    public long TakenPerMinute { get; init; }

    /// <summary>
    /// The job that has waited longest of those at the fronts of the priorities; <see langword="null"/> when nothing waits, or
    /// when thousands of cancelled jobs stand before it.
    /// </summary>
    public JobId? OldestJobId { get; init; }

    /// <summary>
    /// When that job became due: its enqueue, its time, its next attempt or its requeue. <see langword="null"/> without such a
    /// job, or when its record can't be read.
    /// </summary>
    public DateTimeOffset? WaitingSince { get; init; }
}
