namespace JobQueue;

/// <summary>
/// Runs around every handler of the host. Added with <see cref="JobQueueBuilder.AddJobMiddleware{TMiddleware}"/>, the first added
/// outermost; made by the attempt's scope.
/// </summary>
public interface IJobMiddleware
{
    /// <summary>
    /// Runs around one attempt. It may leave out the call of <paramref name="next"/>: the handler then does not run, and the attempt
    /// ends with what the context says, a result, <see cref="JobContext.Snooze"/> or <see cref="JobContext.Discard"/>. It may change these after
    /// the call, too. An exception that leaves it fails the attempt.
    /// </summary>
    /// <param name="job">The attempt.</param>
    /// <param name="next">The next middleware, or the handler. It may be called more than once, which runs the handler again.</param>
    /// <returns>A task that ends when the attempt has.</returns>
#pragma warning disable CA1716 // A keyword of another language; and the name that every middleware of the platform gives it.
    Task InvokeAsync(JobContext job, Func<JobContext, Task> next);
#pragma warning restore CA1716
}
