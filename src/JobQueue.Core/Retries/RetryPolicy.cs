using JobQueue.Handlers;

namespace JobQueue.Retries;

/// <summary>Decides what becomes of a job after a failed attempt. The job's own setting goes before the handler's, and that before the host's.</summary>
internal sealed class RetryPolicy(JobQueueOptions options)
{
    public int MaxRetriesOf(JobRecord job, HandlerRegistration handler) => job.MaxRetries ?? handler.Options.MaxRetries ?? options.MaxRetries;

    public TimeSpan TimeoutOf(JobRecord job, HandlerRegistration handler)
        => job.TimeoutMs is { } ms ? TimeSpan.FromMilliseconds(ms) : handler.Options.Timeout ?? options.Timeout;

    /// <returns>How long to wait before the next attempt, or null when there is none.</returns>
    public TimeSpan? NextDelay(JobRecord job, HandlerRegistration handler, Exception error)
    {
        if (error is UnreadableArgsException || job.RetryCount >= MaxRetriesOf(job, handler))
        {
            return null;
        }

#pragma warning disable CA5394 // Spreading retries needs no secret.
        var random = Random.Shared.NextDouble();
#pragma warning restore CA5394
        return RetryDelay.Compute(handler.Options.Backoff ?? options.Backoff, job.RetryCount + 1, random);
    }
}
