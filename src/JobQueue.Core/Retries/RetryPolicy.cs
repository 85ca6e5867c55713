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
        if (job.RetryCount >= MaxRetriesOf(job, handler) || !IsRetryable(handler, error))
        {
            return null;
        }

        if (error is RetryAfterException chosen)
        {
            return chosen.Delay;
        }

#pragma warning disable CA5394 // Spreading retries needs no secret.
        var random = Random.Shared.NextDouble();
#pragma warning restore CA5394
        return RetryDelay.Compute(handler.Options.Backoff ?? options.Backoff, job.RetryCount + 1, random);
    }

    private static bool IsRetryable(HandlerRegistration handler, Exception error)
    {
        foreach (var type in handler.Options.DoNotRetry)
        {
            if (type.IsInstanceOfType(error))
            {
                return false;
            }
        }

        return error is not NonRetryableJobException;
    }
}
