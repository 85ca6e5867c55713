namespace JobQueue;

/// <summary>Settings of the health check; checked by <c>AddJobQueue</c>.</summary>
/// <remarks>Read once when the check is added. Not thread-safe.</remarks>
public sealed class JobQueueHealthOptions
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>
    /// How long the oldest waiting job may wait before the check is degraded, 1 s to 7 days; <see langword="null"/> for as long as it likes. Paused queues do
    /// not count. Default: 5 minutes.
    /// </summary>
    public TimeSpan? MaxPendingAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long ago the last answer to this process's fetch loop, and the last pass of its recurring loop, may be before the check fails, 1 s to 7 days. Below what
    /// <see cref="JobQueueOptions.CallTimeout"/> and <see cref="JobQueueOptions.PollInterval"/> make usual (three of both) it counts as that. Default: 30 s.
    /// </summary>
    public TimeSpan MaxLoopAge { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the check is degraded when the server keeps neither an append-only file nor snapshots, so that a restart would lose every job. Default:
    /// <see langword="true"/>.
    /// </summary>
    public bool RequirePersistence { get; set; } = true;

    internal void Validate()
    {
        CheckRange(MaxPendingAge ?? Shortest, nameof(MaxPendingAge));
        CheckRange(MaxLoopAge, nameof(MaxLoopAge));
    }

    private static void CheckRange(TimeSpan value, string name)
    {
        if (value < Shortest || value > Longest)
        {
            throw new InvalidOperationException($"JobQueueHealthOptions.{name} is {value}, and must be from {Shortest} to {Longest}.");
        }
    }
}
