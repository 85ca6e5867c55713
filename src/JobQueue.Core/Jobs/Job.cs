using System.Collections.ObjectModel;

namespace JobQueue;

/// <summary>A job as it was when it was read: a snapshot that does not change.</summary>
/// <remarks>Immutable; safe to use from any thread.</remarks>
public sealed record Job
{
    /// <summary>The job's id.</summary>
    public required JobId Id { get; init; }

    /// <summary>The name of the handler that runs it.</summary>
    public required string Name { get; init; }

    /// <summary>The queue it belongs to.</summary>
    public required string Queue { get; init; }

    /// <summary>Its priority.</summary>
    public required JobPriority Priority { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required JobState State { get; init; }

    /// <summary>
    /// The arguments as they were enqueued: UTF-8 JSON, byte for byte. Empty when they are no longer kept
    /// (<see cref="ArgsDropped"/>) or the record can't be read.
    /// </summary>
    public required ReadOnlyMemory<byte> Args { get; init; }

    /// <summary>When it was enqueued, by the clock of the process that enqueued it.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it becomes, or became, due; <see langword="null"/> when it was to run at once.</summary>
    public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>When its latest attempt began, by Redis's clock while it runs, else by the worker's; <see langword="null"/> before the first.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it completed, died or was cancelled; <see langword="null"/> before that.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it is due again after a failure; <see langword="null"/> unless it is <see cref="JobState.Retrying"/>.</summary>
    public DateTimeOffset? NextRetryAt { get; init; }

    /// <summary>Retries used in this round: since it was enqueued, or last requeued by a person.</summary>
    public int RetryCount { get; init; }

    /// <summary>Retries allowed in a round; <see langword="null"/> when the handler's setting decides.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>Longest one attempt may take; <see langword="null"/> when the handler's setting decides.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long after it became due it may still start; <see langword="null"/> for any time.</summary>
    public TimeSpan? ExpiresAfter { get; init; }

    /// <summary>The instant after which no attempt may run; <see langword="null"/> for none.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The user it was enqueued for, as the caller named it.</summary>
    public string? UserId { get; init; }

    /// <summary>The caller's labels.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What the caller sent along with the arguments; empty when there is nothing.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// The span that enqueued it, as W3C's <c>traceparent</c>: the parent of the spans of its attempts. <see langword="null"/> when there was none.
    /// </summary>
    public string? TraceParent { get; init; }

    /// <summary>The name of the recurring job that enqueued it; <see langword="null"/> when it was enqueued otherwise.</summary>
    public string? RecurringJob { get; init; }

    /// <summary>
    /// The occurrence of <see cref="RecurringJob"/> that it was enqueued for; <see langword="null"/> when that was run at once, or there is none.
    /// </summary>
    public DateTimeOffset? Occurrence { get; init; }

    /// <summary>What the request asked for that enqueued it, as a hash; null when it was no request that may be repeated.</summary>
    internal string? RequestHash { get; init; }

    /// <summary>The finished job that this one repeats; <see langword="null"/> when it is no copy.</summary>
    public JobId? CopiedFrom { get; init; }

    /// <summary>How often a handler put it off without using an attempt.</summary>
    public int Snoozes { get; init; }

    /// <summary>Groups a dead job with others that died of the same error; <see langword="null"/> unless it is <see cref="JobState.Dead"/>.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Size in bytes of arguments that are no longer kept, because the job has completed; <see langword="null"/> while they are.</summary>
    public int? ArgsDropped { get; init; }

    /// <summary>
    /// Size in bytes of a result that was above <see cref="JobQueueOptions.MaxResultBytes"/> and so was not kept;
    /// <see langword="null"/> otherwise.
    /// </summary>
    public int? ResultDropped { get; init; }

    /// <summary>How often it was begun anew: 1, and one more each time a person requeues it.</summary>
    public int Round { get; init; } = 1;

    /// <summary>The worker that runs it; <see langword="null"/> unless it is <see cref="JobState.Running"/>.</summary>
    public string? WorkerId { get; init; }

    /// <summary>
    /// How far its attempt has come, as its handler last said; <see langword="null"/> unless it is <see cref="JobState.Running"/>, and
    /// until the attempt has said something.
    /// </summary>
    public JobProgress? Progress { get; init; }

    /// <summary>The handler's result as UTF-8 JSON; <see langword="null"/> when there is none.</summary>
    public ReadOnlyMemory<byte>? Result { get; init; }

    /// <summary>Why it died, when that was not a failed attempt, for example that its record could not be read.</summary>
    public string? Reason { get; init; }

    /// <summary>Its attempts, oldest first, the last 20.</summary>
    public required IReadOnlyList<JobAttempt> Attempts { get; init; }

    /// <summary>The error of the latest attempt, or why it died; <see langword="null"/> when the latest attempt succeeded or there was none.</summary>
    public string? Error => Reason ?? (Attempts.Count == 0 ? null : Attempts[^1].ErrorMessage);
}
