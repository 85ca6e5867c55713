namespace JobQueue;

/// <summary>What one handler did in the last hours.</summary>
/// <remarks>
/// Percentiles are estimated from duration buckets and are within a factor of 1.42; they are <see langword="null"/> when nothing
/// ran. Immutable; safe to use from any thread.
/// </remarks>
public sealed record HandlerStatistics
{
    /// <summary>The handler's name.</summary>
    public required string Handler { get; init; }

    /// <summary>Jobs completed.</summary>
    public long Completed { get; init; }

    /// <summary>Attempts that failed.</summary>
    public long Failed { get; init; }

    /// <summary>Failed attempts that were followed by a retry.</summary>
    public long Retried { get; init; }

    /// <summary>Jobs that died.</summary>
    public long Dead { get; init; }

    /// <summary>Jobs cancelled.</summary>
    public long Cancelled { get; init; }

    /// <summary>The share of failed attempts among those that completed or failed, 0 to 1; <see langword="null"/> when there was none.</summary>
    public double? FailureRate { get; init; }

    /// <summary>Half of the attempts took no longer than this.</summary>
    public TimeSpan? RunP50 { get; init; }

    /// <summary>95 % of the attempts took no longer than this.</summary>
    public TimeSpan? RunP95 { get; init; }

    /// <summary>99 % of the attempts took no longer than this.</summary>
    public TimeSpan? RunP99 { get; init; }

    /// <summary>When a process that has this handler last said so: at its start and hourly.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }
}
