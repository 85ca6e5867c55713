namespace JobQueue;

/// <summary>A page of dead letters.</summary>
/// <param name="Jobs">The jobs, those that died last first.</param>
/// <param name="Total">How many dead letters there are in all.</param>
/// <param name="NextCursor">Where the next page begins; <see langword="null"/> after the last.</param>
public sealed record DeadLetterPage(IReadOnlyList<Job> Jobs, long Total, string? NextCursor);

/// <summary>The dead letters of one handler that died of the same error: its type, thrown in the same methods.</summary>
/// <param name="Fingerprint">Names the group: 16 hex digits.</param>
/// <param name="Handler">The handler.</param>
/// <param name="ErrorType">The exception's type; <see langword="null"/> when they died of no exception.</param>
/// <param name="Error">The message or reason of one of them, at most 200 characters.</param>
/// <param name="Count">How many there are.</param>
/// <param name="FirstAt">When the first of them died.</param>
/// <param name="LastAt">When the last of them died.</param>
public sealed record DeadLetterGroup(
    string Fingerprint, string Handler, string? ErrorType, string? Error, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>What one call did of a retry or removal of many dead letters.</summary>
/// <param name="Done">How many it put back or removed. Those that somebody else handled meanwhile are not among them.</param>
/// <param name="Failed">How many can't be retried, because their records can't be read: they stay, and can only be deleted.</param>
/// <param name="NextCursor">To be passed to the next call; <see langword="null"/> when all is done.</param>
public sealed record DeadLetterBatch(int Done, int Failed, string? NextCursor)
{
    /// <summary>Those that were put back or removed; an entry whose id can't be read is counted and not here.</summary>
    public IReadOnlyList<JobId> JobIds { get; init; } = [];

    /// <summary>Those that can't be retried; an entry whose id can't be read is counted and not here.</summary>
    public IReadOnlyList<JobId> FailedJobIds { get; init; } = [];
}

/// <summary>The jobs that are out of retries. Registered as a singleton by <c>AddJobQueue</c>.</summary>
/// <remarks>Safe to use from any thread.</remarks>
public interface IDeadLetterQueue
{
    /// <summary>Lists dead jobs, those that died last first. Jobs that die meanwhile are not on later pages.</summary>
    /// <param name="limit">Most jobs on the page, 1 to 500.</param>
    /// <param name="cursor">The <see cref="DeadLetterPage.NextCursor"/> of the page before, or <see langword="null"/> for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The page.</returns>
    /// <exception cref="InvalidJobException">The limit is out of range, or the cursor is not one of this list.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<DeadLetterPage> ListAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the groups that dead letters form, by handler and error.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The groups, biggest first; of more than 1,000 the biggest 1,000.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<IReadOnlyList<DeadLetterGroup>> GetGroupsAsync(CancellationToken cancellationToken = default);

    /// <summary>Lists the dead jobs of a group, those that died last first.</summary>
    /// <param name="fingerprint">The group: <see cref="DeadLetterGroup.Fingerprint"/>. One that has no jobs gives an empty page.</param>
    /// <param name="limit">Most jobs on the page, 1 to 500.</param>
    /// <param name="cursor">The <see cref="DeadLetterPage.NextCursor"/> of the page before, or <see langword="null"/> for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The page.</returns>
    /// <exception cref="InvalidJobException">The fingerprint is not one, the limit is out of range, or the cursor is not one of this list.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<DeadLetterPage> ListGroupAsync(string fingerprint, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Puts dead jobs back into their queues, those that died first first. A call handles a page of at most 500 jobs: call again with
    /// <see cref="DeadLetterBatch.NextCursor"/> until that is <see langword="null"/>. All calls together handle what was dead when
    /// the first began; a job that fails again meanwhile is not taken twice.
    /// </summary>
    /// <remarks>Safe to call twice at the same time, and to call again when Redis did not answer.</remarks>
    /// <param name="fingerprint">The group, or <see langword="null"/> for all dead jobs.</param>
    /// <param name="cursor">The <see cref="DeadLetterBatch.NextCursor"/> of the call before, or <see langword="null"/> for the first.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>What this call did.</returns>
    /// <exception cref="InvalidJobException">The fingerprint is not one, or the cursor is not one of this method.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again with the same cursor.</exception>
    Task<DeadLetterBatch> RetryAllAsync(string? fingerprint = null, string? cursor = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes dead jobs for good, those that died first first. A call handles a page of at most 500 jobs: call again with
    /// <see cref="DeadLetterBatch.NextCursor"/> until that is <see langword="null"/>. All calls together remove what was dead when the
    /// first began.
    /// </summary>
    /// <remarks>Safe to call twice at the same time, and to call again when Redis did not answer.</remarks>
    /// <param name="fingerprint">The group, or <see langword="null"/> for all dead jobs.</param>
    /// <param name="cursor">The <see cref="DeadLetterBatch.NextCursor"/> of the call before, or <see langword="null"/> for the first.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>What this call did.</returns>
    /// <exception cref="InvalidJobException">The fingerprint is not one, or the cursor is not one of this method.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again with the same cursor.</exception>
    Task<DeadLetterBatch> DeleteAllAsync(string? fingerprint = null, string? cursor = null, CancellationToken cancellationToken = default);

    /// <summary>Puts a dead job back into its queue with all its retries. Its history is kept.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>A task that ends when the job waits again.</returns>
    /// <exception cref="JobStateException">There is no such job, or it is not dead.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    Task RetryAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>Puts a dead job back into its queue with other arguments.</summary>
    /// <typeparam name="TArgs">The type of the arguments.</typeparam>
    /// <param name="id">The job.</param>
    /// <param name="args">The new arguments, written as JSON with <see cref="JobQueueOptions.SerializerOptions"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>A task that ends when the job waits again.</returns>
    /// <exception cref="InvalidJobException">The arguments can't be written or are too large; nothing has changed.</exception>
    /// <exception cref="JobStateException">There is no such job, or it is not dead.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    Task RetryAsync<TArgs>(JobId id, TArgs args, CancellationToken cancellationToken = default);

    /// <summary>Removes a dead job for good.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>A task that ends when the job is gone.</returns>
    /// <exception cref="JobStateException">There is no such job, or it is not dead.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    Task DeleteAsync(JobId id, CancellationToken cancellationToken = default);
}
