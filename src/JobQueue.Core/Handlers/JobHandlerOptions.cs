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

    /// <summary>
    /// Names the handler had before, each a valid name: jobs that were enqueued under them run here too. New jobs are
    /// enqueued under its present name. Default: none.
    /// </summary>
    public IList<string> Aliases { get; } = [];

    /// <summary>
    /// Most of its jobs that run at the same time in this process, 1 to 1,000, all pools together. Needs a <see cref="Queue"/> that
    /// no other handler of this host uses, so that its waiting jobs hold up nobody else's; checked when the host starts. Default: no limit
    /// of its own.
    /// </summary>
    public int? ConcurrencyLimit { get; set; }

    /// <summary>
    /// Whether the handler works on the calling thread until it returns. It then runs on threads that are kept for such handlers,
    /// so that it does not hold up what needs the thread pool. Default: <see langword="false"/>.
    /// </summary>
    public bool RunsSynchronously { get; set; }

    /// <summary>
    /// The Polly pipeline that runs around the handler within an attempt, by the name it has in the host's
    /// <c>ResiliencePipelineProvider&lt;string&gt;</c>; checked when the host starts. What it repeats uses no attempt of the job, and its token is
    /// the handler's. Default: none.
    /// </summary>
    public string? ResiliencePipeline { get; set; }
}
