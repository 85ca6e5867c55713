namespace JobQueue;

/// <summary>How many jobs are in each state, and the running totals since the store was created.</summary>
/// <remarks>Immutable; safe to use from any thread.</remarks>
public sealed record JobCounts
{
    /// <summary>Jobs that wait for a worker.</summary>
    public long Pending { get; init; }

    /// <summary>Jobs that wait for their time.</summary>
    public long Scheduled { get; init; }

    /// <summary>Jobs that are leased to a worker.</summary>
    public long Running { get; init; }

    /// <summary>Jobs that failed and wait for their next attempt.</summary>
    public long Retrying { get; init; }

    /// <summary>Dead letters.</summary>
    public long Dead { get; init; }

    /// <summary>Completed jobs that retention still holds.</summary>
    public long Completed { get; init; }

    /// <summary>Cancelled jobs that retention still holds.</summary>
    public long Cancelled { get; init; }

    /// <summary>Workers whose heartbeat is current.</summary>
    public long LiveWorkers { get; init; }

    /// <summary>Jobs enqueued so far.</summary>
    public long TotalEnqueued { get; init; }

    /// <summary>Jobs completed so far.</summary>
    public long TotalCompleted { get; init; }

    /// <summary>Attempts that failed so far.</summary>
    public long TotalFailed { get; init; }

    /// <summary>Failed attempts that were followed by a retry so far.</summary>
    public long TotalRetried { get; init; }

    /// <summary>Jobs that have died so far.</summary>
    public long TotalDead { get; init; }

    /// <summary>Jobs cancelled so far.</summary>
    public long TotalCancelled { get; init; }

    /// <summary>Attempts that put their job off so far.</summary>
    public long TotalSnoozed { get; init; }

    /// <summary>Jobs taken back from lost workers so far.</summary>
    public long TotalRecovered { get; init; }

    /// <summary>Dead jobs that a person has put back so far.</summary>
    public long TotalRequeued { get; init; }

    /// <summary>Jobs deleted by a person so far.</summary>
    public long TotalDeleted { get; init; }

    /// <summary>Jobs removed by purging their queue so far.</summary>
    public long TotalPurged { get; init; }

    /// <summary>Finished jobs whose retention has ended so far.</summary>
    public long TotalExpired { get; init; }
}
