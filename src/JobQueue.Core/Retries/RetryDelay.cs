using Polly;

namespace JobQueue.Retries;

/// <summary>
/// Computes delays: <c>base · 2^(attempt-1)</c> (or linear, or constant), spread by 20 % either way, then capped, so that
/// no delay is longer than the cap.
/// </summary>
internal static class RetryDelay
{
    private const double JitterShare = 0.2;

    /// <param name="backoff">The rule.</param>
    /// <param name="failedAttempts">How many attempts of this round have failed, from 1.</param>
    /// <param name="random">From 0 (inclusive) to 1 (exclusive); 0.5 means no jitter.</param>
    public static TimeSpan Compute(RetryBackoff backoff, int failedAttempts, double random)
    {
        var baseMs = backoff.BaseDelay.TotalMilliseconds;
        var ms = backoff.BackoffType switch
        {
            DelayBackoffType.Constant => baseMs,
            DelayBackoffType.Linear => baseMs * failedAttempts,
            _ => baseMs * Math.Pow(2, failedAttempts - 1),
        };
        if (backoff.UseJitter)
        {
            ms *= 1 + (((random * 2) - 1) * JitterShare);
        }

        return TimeSpan.FromMilliseconds(Math.Min(ms, backoff.MaxDelay.TotalMilliseconds));
    }
}
