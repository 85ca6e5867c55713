namespace JobQueue;

/// <summary>That jobs have changed their state or come further, or that such news may have been missed.</summary>
/// <remarks>Immutable; safe to use from any thread.</remarks>
public sealed record JobEvent
{
    /// <summary>When it happened, by the server's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The state that the jobs are in now; <see langword="null"/> when they were deleted, and with a gap.</summary>
    public JobState? State { get; init; }

    /// <summary>The jobs.</summary>
    public IReadOnlyList<JobId> JobIds { get; init; } = [];

    /// <summary>The jobs run on as before, and their handlers have said how far they have come: <see cref="Job.Progress"/>.</summary>
    public bool IsProgress { get; init; }

    /// <summary>
    /// News before this may have been missed: the watch has just begun, its reader was too slow, or the connection was lost.
    /// Read anew what is shown. Such an event names no jobs.
    /// </summary>
    public bool IsGap { get; init; }
}
