namespace JobQueue;

/// <summary>Shows what the queue is doing, and pauses, resumes and purges queues. Registered as a singleton by <c>AddJobQueue</c>.</summary>
/// <remarks>Safe to use from any thread. Nothing here slows workers down: each call to Redis reads a bounded part.</remarks>
public interface IJobMonitor
{
    /// <summary>Counts the jobs in each state at one instant.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<JobCounts> GetCountsAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads every queue that a job was ever enqueued to or that is paused, by name, with what waits in it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The queues.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<IReadOnlyList<QueueInfo>> GetQueuesAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the live workers, and those lost within the last hour, by id, with the jobs that they run.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The workers.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<IReadOnlyList<WorkerInfo>> GetWorkersAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads what happened in each of the last minutes, also in those in which nothing did. The last point is the current minute.</summary>
    /// <param name="period">How far back: 1 minute to 48 h; part of a minute counts as one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A point a minute, oldest first.</returns>
    /// <exception cref="InvalidJobException"><paramref name="period"/> is out of its range.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<IReadOnlyList<HistoryPoint>> GetHistoryAsync(TimeSpan period, CancellationToken cancellationToken = default);

    /// <summary>Reads the handlers that processes have registered within the last week, with their settings there.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The handlers by name.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<IReadOnlyList<HandlerInfo>> GetHandlersAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads what each known handler did in the current hour and in the whole hours before it that reach back so far.</summary>
    /// <param name="period">How far back: 1 h to 48 h; part of an hour counts as one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The handlers by name.</returns>
    /// <exception cref="InvalidJobException"><paramref name="period"/> is out of its range.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<IReadOnlyList<HandlerStatistics>> GetHandlerStatisticsAsync(TimeSpan period, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists jobs page by page. Waiting jobs come in the order in which they will run, scheduled and retrying ones by due time,
    /// running ones in no order, finished ones from the last that finished. While jobs come and go, a job that stays where it is
    /// is not left out, and may be shown twice.
    /// </summary>
    /// <param name="state">The state; <see langword="null"/> lists the jobs that were enqueued last, up to 10,000, newest first, in any state.</param>
    /// <param name="limit">Most jobs on the page, 1 to 500. Large jobs make a page shorter.</param>
    /// <param name="cursor">The <see cref="JobPage.NextCursor"/> of the page before, or <see langword="null"/> for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The page; an empty one past the end.</returns>
    /// <exception cref="InvalidJobException">The limit is out of range, there is no such state, or the cursor is not one of this list.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<JobPage> ListAsync(JobState? state, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads what the handler has written into a job's log with <see cref="JobContext.LogAsync"/>, in all of its attempts: the newest 200 lines.
    /// They are kept as long as the job is.
    /// </summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lines, oldest first; none of a job that has written none or does not exist.</returns>
    /// <exception cref="InvalidJobException"><paramref name="id"/> is empty.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<IReadOnlyList<JobLogLine>> GetLogAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Pauses a queue: workers take nothing more from it until it is resumed. Jobs that run go on, and new ones may be enqueued. A
    /// queue that no job was enqueued to yet may be paused too.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>Whether the call changed something; <see langword="false"/> when it was paused already.</returns>
    /// <exception cref="InvalidJobException">The name is not valid.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    Task<bool> PauseAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>Lets workers take from a paused queue again.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>Whether the call changed something; <see langword="false"/> when it was not paused.</returns>
    /// <exception cref="InvalidJobException">The name is not valid.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    Task<bool> ResumeAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes for good what waits in a queue when the call begins. Jobs that run or wait for a time stay, and so do those that are
    /// enqueued meanwhile. A call that ends early has removed some; call again for the rest.
    /// </summary>
    /// <param name="queue">The queue; one that does not exist is empty.</param>
    /// <param name="cancellationToken">Ends the call between two parts.</param>
    /// <returns>How many jobs were removed.</returns>
    /// <exception cref="InvalidJobException">The name is not valid.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    Task<long> PurgeAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>
    /// Tells, as it happens, which jobs change their state or report progress, in any process. The first event is a gap that says
    /// that the watch has begun: read what is to be kept up to date after it. News that a slow reader or a lost connection missed is
    /// not repeated; a gap takes its place.
    /// </summary>
    /// <param name="cancellationToken">Ends the watch with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The events; the watch lasts as long as they are enumerated.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer when the watch began.</exception>
    IAsyncEnumerable<JobEvent> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Looks at the whole store and names each place where it is not as it must be: a job in no place or in two, an entry without
    /// a record, an index or a number that is wrong. Reads only, in steps of a few milliseconds on the server, while the store is
    /// in use; for a million jobs it takes some 20 s and about 100 MB of memory.
    /// </summary>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>What was found; no violations in a healthy store.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<VerificationReport> VerifyAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Mends what <see cref="VerifyAsync"/> finds, as far as that can be done without losing a job: a job in no place waits again, one in two
    /// keeps one, indexes and numbers are written anew, what is left of jobs that are gone is removed, and a key of the wrong type is set aside.
    /// Each repair looks again first, so that it may run while the store is in use; nothing that is in order is touched.
    /// </summary>
    /// <param name="dryRun"><see langword="true"/> writes nothing and tells what would be done.</param>
    /// <param name="cancellationToken">Ends the call between two repairs; what is mended stays mended.</param>
    /// <returns>What was done, or would be, and what is left to a person or a worker.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    /// <exception cref="JobQueueException">Redis refuses the call.</exception>
    Task<RepairReport> RepairAsync(bool dryRun, CancellationToken cancellationToken = default);
}
