using JobQueue.Retries;

namespace JobQueue;

/// <summary>Defaults of one handler's jobs. A job's own <see cref="EnqueueOptions"/> go before them.</summary>
/// <remarks>Read once at start. Not thread-safe for writing.</remarks>
public sealed class JobHandlerOptions
{
    /// <summary>
    /// The queue its jobs wait in when they are enqueued by a process that has this registration; a valid name. Default:
    /// <c>default</c>.
    /// </summary>
    public string? Queue { get; set; }

    /// <summary>How urgent its jobs are, when enqueued by a process that has this registration. Default: <see cref="JobPriority.Normal"/>.</summary>
    public JobPriority? Priority { get; set; }

    /// <summary>Times a failed job is tried again, 0 to 100. Default: <see cref="JobQueueOptions.MaxRetries"/>.</summary>
    public int? MaxRetries { get; set; }

    /// <summary>Longest one attempt may take, 1 ms to 24 h. Default: <see cref="JobQueueOptions.Timeout"/>.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// Exceptions that end the job at once, because another attempt would fail in the same way; derived types count too.
    /// Default: none. Arguments that can't be read are never retried.
    /// </summary>
    public IList<Type> DoNotRetry { get; } = [];

    /// <summary>How long to wait before a retry. Default: <see cref="JobQueueOptions.Backoff"/>.</summary>
    public RetryBackoff? Backoff { get; set; }
}
