namespace JobQueue.AspNetCore.Operations;

/// <summary>
/// Jobs by state now, and what has happened since the store was made: <c>completed</c>, <c>cancelled</c> and <c>total_*</c> are running totals,
/// <c>retained_*</c> is what the lists still hold, <c>failed</c> are the dead ones.
/// </summary>
internal sealed record CountsShape
{
    public long Pending { get; init; }
    public long Scheduled { get; init; }
    public long Running { get; init; }
    public long Retrying { get; init; }
    public long Failed { get; init; }
    public long Completed { get; init; }
    public long Cancelled { get; init; }
    public long LiveWorkers { get; init; }
    public long RetainedCompleted { get; init; }
    public long RetainedCancelled { get; init; }
    public long TotalEnqueued { get; init; }
    public long TotalFailedAttempts { get; init; }
    public long TotalRetried { get; init; }
    public long TotalDead { get; init; }
    public long TotalRecovered { get; init; }
    public long TotalRequeued { get; init; }
    public long TotalDeleted { get; init; }
    public long TotalPurged { get; init; }
    public long TotalExpired { get; init; }

    public static CountsShape Of(JobCounts counts) => new()
    {
        Pending = counts.Pending,
        Scheduled = counts.Scheduled,
        Running = counts.Running,
        Retrying = counts.Retrying,
        Failed = counts.Dead,
        Completed = counts.TotalCompleted,
        Cancelled = counts.TotalCancelled,
        LiveWorkers = counts.LiveWorkers,
        RetainedCompleted = counts.Completed,
        RetainedCancelled = counts.Cancelled,
        TotalEnqueued = counts.TotalEnqueued,
        TotalFailedAttempts = counts.TotalFailed,
        TotalRetried = counts.TotalRetried,
        TotalDead = counts.TotalDead,
        TotalRecovered = counts.TotalRecovered,
        TotalRequeued = counts.TotalRequeued,
        TotalDeleted = counts.TotalDeleted,
        TotalPurged = counts.TotalPurged,
        TotalExpired = counts.TotalExpired,
    };
}
