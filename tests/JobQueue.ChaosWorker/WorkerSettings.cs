using System.Text.Json;

namespace JobQueue.ChaosWorker;

/// <summary>What a worker process is told. It comes by one environment variable, so that no password is on a command line.</summary>
public sealed record WorkerSettings
{
    public const string Variable = "JOBQUEUE_CHAOS_WORKER";

    /// <summary>The server of the queue, which the test may break.</summary>
    public required string Connection { get; init; }

    public required string Prefix { get; init; }

    /// <summary>The server of the audit, which nobody breaks.</summary>
    public required string AuditConnection { get; init; }

    public required string AuditPrefix { get; init; }

    /// <summary>The configured worker name.</summary>
    public required string Name { get; init; }

    /// <summary>Names one start of the process in the audit. It is never used twice.</summary>
    public required string Process { get; init; }

    /// <summary>A directory in which a file opens the gate of its name.</summary>
    public required string Gates { get; init; }

    public int Concurrency { get; init; } = 20;

    public int LeaseMs { get; init; } = 2_000;

    public int HeartbeatMs { get; init; } = 400;

    /// <summary>The limit on a call to Redis.</summary>
    public int CallTimeoutMs { get; init; } = 5_000;

    /// <summary>How many shards it spreads jobs over.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Whether the process's wall clock is off by as many hours as the file <c>clock</c> beside the gates says.</summary>
    public bool ClockJumps { get; init; }

    public int MaxCrashes { get; init; } = 3;

    /// <summary>The delay of a first retry.</summary>
    public int BackoffMs { get; init; } = 2_000;

    /// <summary>How many completed jobs are kept. By default all: the account reads every job.</summary>
    public int CompletedCount { get; init; } = 10_000_000;

    /// <summary>How many dead jobs are kept.</summary>
    public int DeadCount { get; init; } = 100_000;

    public int ShutdownMs { get; init; } = 25_000;

    /// <summary>The host's own limit on a stop.</summary>
    public int HostShutdownMs { get; init; } = 30_000;

    /// <summary>Threads that the pool makes at once; 0 leaves it as it is.</summary>
    public int MinThreads { get; init; }

    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>Of the recurring jobs that it declares, see <see cref="Ticks"/>; null: it declares none.</summary>
    public string? TicksGroup { get; init; }

    public static WorkerSettings Read()
        => JsonSerializer.Deserialize<WorkerSettings>(
            Environment.GetEnvironmentVariable(Variable) ?? throw new InvalidOperationException($"{Variable} is not set; a test starts this program."))!;

    public string Write() => JsonSerializer.Serialize(this);
}
