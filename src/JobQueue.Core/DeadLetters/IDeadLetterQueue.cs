namespace JobQueue;

/// <summary>A page of dead letters.</summary>
/// <param name="Jobs">The jobs, those that died last first.</param>
/// <param name="Total">How many dead letters there are in all.</param>
/// <param name="NextCursor">Where the next page begins; <see langword="null"/> after the last.</param>
public sealed record DeadLetterPage(IReadOnlyList<Job> Jobs, long Total, string? NextCursor);

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
