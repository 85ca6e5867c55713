namespace JobQueue;

/// <summary>
/// Runs around every enqueue of the host: <see cref="IJobQueue.EnqueueAsync"/>, <see cref="IJobQueue.EnqueueManyAsync"/> and
/// <see cref="IJobQueue.CopyAsync(JobId, Action{EnqueueOptions}, CancellationToken)"/>. Added with <see cref="JobQueueBuilder.AddEnqueueMiddleware{TMiddleware}"/>, the first added outermost.
/// </summary>
/// <remarks>One instance serves the whole host, so it must be safe to use from any thread.</remarks>
public interface IEnqueueMiddleware
{
    /// <summary>
    /// Runs around one call. It may change the options of <paramref name="jobs"/>, pass on fewer, more or other jobs, or none; what is passed on
    /// is checked and stored by <paramref name="next"/>. An exception that leaves it is the caller's.
    /// </summary>
    /// <param name="jobs">The jobs of the call, at least one. Those of a copy have a <c>JsonElement</c> as their arguments.</param>
    /// <param name="next">
    /// The next middleware, or the store. It answers the ids of what it was given, in that order. Calling it again stores the jobs again, under new
    /// ids unless <see cref="EnqueueOptions.Id"/> is set.
    /// </param>
    /// <param name="cancellationToken">The caller's; <paramref name="next"/> obeys it without being given it.</param>
    /// <returns>
    /// The ids that the caller gets. A caller of <see cref="IJobQueue.EnqueueAsync"/> or <see cref="IJobQueue.CopyAsync(JobId, Action{EnqueueOptions}, CancellationToken)"/> gets its own job's if that is among
    /// them, else the first; with none its call fails, because it has no id to return.
    /// </returns>
#pragma warning disable CA1716 // A keyword of another language; and the name that every middleware of the platform gives it.
    Task<IReadOnlyList<JobId>> InvokeAsync(
        IReadOnlyList<JobRequest> jobs, Func<IReadOnlyList<JobRequest>, Task<IReadOnlyList<JobId>>> next, CancellationToken cancellationToken);
#pragma warning restore CA1716
}
