namespace JobQueue;

/// <summary>A worker, live or lost, as it described itself with its last heartbeat.</summary>
/// <remarks>What the heartbeat did not say, or can't be read, is <see langword="null"/> or empty. Immutable; safe to use from any thread.</remarks>
public sealed record WorkerInfo
{
    /// <summary>The worker's id: new with every start.</summary>
    public required string Id { get; init; }

    /// <summary>Whether its heartbeat is current. One that is not is declared lost soon, and its jobs run elsewhere.</summary>
    public required bool IsLive { get; init; }

    /// <summary>The end of its lease, which each heartbeat moves on; <see langword="null"/> once it was declared lost.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>When its last heartbeat came, by Redis's clock; <see langword="null"/> once it was declared lost.</summary>
    public DateTimeOffset? LastBeatAt { get; init; }

    /// <summary>When it was declared lost; lost workers are shown for an hour.</summary>
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>The name of its pool.</summary>
    public string? Pool { get; init; }

    /// <summary>The name of its machine.</summary>
    public string? Host { get; init; }

    /// <summary>The id of its process.</summary>
    public int? ProcessId { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How many jobs it runs at the same time.</summary>
    public int? Concurrency { get; init; }

    /// <summary>The queues that it serves; empty for all.</summary>
    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>Slots whose handler ignores that it was stopped.</summary>
    public int StuckSlots { get; init; }

    /// <summary>Attempts that it has completed since it started.</summary>
    public long Completed { get; init; }

    /// <summary>Attempts that have failed here since it started.</summary>
    public long Failed { get; init; }

    /// <summary>How long those attempts took together.</summary>
    public TimeSpan RunTime { get; init; }

    /// <summary>The jobs that it runs, or ran when it was lost.</summary>
    public IReadOnlyList<WorkerJob> Jobs { get; init; } = [];
}

/// <summary>A job that a worker runs.</summary>
/// <param name="Id">The job.</param>
/// <param name="Name">The name of its handler; <see langword="null"/> when the worker did not say.</param>
/// <param name="StartedAt">When it started; <see langword="null"/> when the worker did not say.</param>
/// <param name="IsStuck">Whether its handler ignores that it was stopped.</param>
public sealed record WorkerJob(JobId Id, string? Name, DateTimeOffset? StartedAt, bool IsStuck)
{
    /// <summary>How far it had come with the last heartbeat, 0 to 1; <see langword="null"/> when its handler has not said.</summary>
    public double? Progress { get; init; }
}
