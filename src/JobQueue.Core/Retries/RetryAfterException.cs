using JobQueue.Diagnostics;

namespace JobQueue;

/// <summary>
/// Fails an attempt and says how long to wait before the next one, for example because a service answered 429 with
/// Retry-After. It uses an attempt like any failure, and the delay stands in place of the backoff. Derive from it to give
/// exceptions of your own that power.
/// </summary>
public class RetryAfterException : Exception
{
    /// <summary>Says when to try again.</summary>
    /// <param name="delay">How long to wait, 0 to 7 days.</param>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">What caused it.</param>
    /// <exception cref="InvalidJobException"><paramref name="delay"/> is out of its range.</exception>
    public RetryAfterException(TimeSpan delay, string message, Exception? innerException = null)
        : base(message, innerException)
        => Delay = delay >= TimeSpan.Zero && delay <= Retries.RetryBackoff.MaxDelayCeiling ? delay : throw Errors.RetryDelayOutOfRange(delay);

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan Delay { get; }
}
