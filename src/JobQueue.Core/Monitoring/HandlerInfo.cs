using JobQueue.Retries;

namespace JobQueue;

/// <summary>A handler that a process of the fleet has registered, with its settings there.</summary>
/// <remarks>What the process did not say, or can't be read, is <see langword="null"/>. Immutable; safe to use from any thread.</remarks>
public sealed record HandlerInfo
{
    /// <summary>The handler's name; former names (<see cref="JobHandlerOptions.Aliases"/>) are listed too.</summary>
    public required string Name { get; init; }

    /// <summary>The queue its jobs wait in unless the caller chooses another.</summary>
    public string? Queue { get; init; }

    /// <summary>How urgent its jobs are unless the caller says otherwise.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>Times a failed job is tried again.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>Longest one attempt may take.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long to wait before a retry.</summary>
    public RetryBackoff? Backoff { get; init; }

    /// <summary>
    /// The JSON schema (draft 2020-12) of its arguments as UTF-8, with the names that the process's serialiser gives them; <c>{"type":"object"}</c> when it
    /// has none. <see langword="null"/> when any JSON will do, when the type can't tell, or when it is larger than 4 KiB.
    /// </summary>
    public ReadOnlyMemory<byte>? ArgsSchema { get; init; }

    /// <summary>When a process that has it last said so: at its start and hourly.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>Whether a live worker has it: one has said so within the last two hours.</summary>
    public required bool IsLive { get; init; }
}
