namespace JobQueue;

/// <summary>How many jobs are in each state, and the running totals since the store was created.</summary>
/// <param name="Pending">Jobs that wait for a worker.</param>
/// <param name="Scheduled">Jobs that wait for their time.</param>
/// <param name="Running">Jobs that are leased to a worker.</param>
/// <param name="Retrying">Jobs that failed and wait for their next attempt.</param>
/// <param name="Dead">Dead letters.</param>
/// <param name="LiveWorkers">Workers whose heartbeat is current.</param>
/// <param name="TotalEnqueued">Jobs enqueued so far.</param>
/// <param name="TotalCompleted">Jobs completed so far.</param>
/// <param name="TotalFailed">Attempts that failed so far.</param>
/// <param name="TotalRetried">Failed attempts that were followed by a retry so far.</param>
public sealed record JobCounts(
    long Pending,
    long Scheduled,
    long Running,
    long Retrying,
    long Dead,
    long LiveWorkers,
    long TotalEnqueued,
    long TotalCompleted,
    long TotalFailed,
    long TotalRetried);

/// <summary>Shows what the queue is doing. Registered as a singleton by <c>AddJobQueue</c>.</summary>
/// <remarks>Safe to use from any thread.</remarks>
public interface IJobMonitor
{
    /// <summary>Counts the jobs in each state at one instant.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<JobCounts> GetCountsAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Looks at the whole store and names each place where it is not as it must be: a job in no place or in two, an entry without
    /// a record, an index or a number that is wrong. Reads only, in steps of a few milliseconds on the server, while the store is
    /// in use; for a million jobs it takes some seconds and about 100 MB of memory.
    /// </summary>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>What was found; no violations in a healthy store.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<VerificationReport> VerifyAsync(CancellationToken cancellationToken = default);
}
