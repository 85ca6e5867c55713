namespace JobQueue;

/// <summary>One run of a job's handler: when, where, and how it ended. The last 20 are kept with the job.</summary>
/// <remarks>Times are the worker's clock. Immutable; safe to use from any thread.</remarks>
public sealed record JobAttempt
{
    /// <summary>Longest error message kept, in characters.</summary>
    internal const int MaxMessageLength = 4 * 1024;

    /// <summary>Longest stack trace kept, in characters.</summary>
    internal const int MaxStackTraceLength = 8 * 1024;

    /// <summary>Most attempts kept in a record; older ones are dropped first.</summary>
    internal const int MaxKept = 20;

    /// <summary>The number of the attempt in the job's life, from 1; it goes on counting when a dead job is requeued.</summary>
    public required int Number { get; init; }

    /// <summary>When the handler was called.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the handler ended.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>The worker that ran it.</summary>
    public required string WorkerId { get; init; }

    /// <summary>Full name of the exception's type; <see langword="null"/> when the attempt succeeded.</summary>
    public string? ErrorType { get; init; }

    /// <summary>The exception's message, at most 4,096 characters; <see langword="null"/> when the attempt succeeded.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The exception's stack trace, at most 8,192 characters; <see langword="null"/> when there is none.</summary>
    public string? StackTrace { get; init; }

    /// <summary>When the next attempt was planned for; <see langword="null"/> when none was.</summary>
    public DateTimeOffset? NextRetryAt { get; init; }
}
