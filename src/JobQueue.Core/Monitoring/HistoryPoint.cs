namespace JobQueue;

/// <summary>What happened in one minute.</summary>
/// <remarks>
/// Percentiles are estimated from duration buckets and are within a factor of 1.42; they are <see langword="null"/> when nothing
/// was measured. Immutable; safe to use from any thread.
/// </remarks>
public sealed record HistoryPoint
{
    /// <summary>The beginning of the minute, by the server's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Jobs enqueued.</summary>
    public long Enqueued { get; init; }

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

    /// <summary>Half of the jobs that started had waited no longer than this since they became due.</summary>
    public TimeSpan? WaitP50 { get; init; }

    /// <summary>95 % of the jobs that started had waited no longer than this.</summary>
    public TimeSpan? WaitP95 { get; init; }

    /// <summary>Half of the attempts took no longer than this.</summary>
    public TimeSpan? RunP50 { get; init; }

    /// <summary>95 % of the attempts took no longer than this.</summary>
    public TimeSpan? RunP95 { get; init; }

    /// <summary>99 % of the attempts took no longer than this.</summary>
    public TimeSpan? RunP99 { get; init; }
}
