namespace JobQueue;

/// <summary>
/// A job as it is stored: one JSON string under <c>P:job:&lt;id&gt;</c>. Described in docs/redis-data-model.md.
/// Times are Unix milliseconds.
/// </summary>
internal sealed class JobRecord
{
    /// <summary>Version of the record's format.</summary>
    public const int CurrentVersion = 1;

    public const string DefaultQueue = "default";

    public required JobId Id { get; init; }

    public required string Name { get; init; }

    public required string Queue { get; init; }

    public required JobPriority Priority { get; init; }

    /// <summary>The bytes as the caller's serialiser wrote them; never re-encoded.</summary>
    public required ReadOnlyMemory<byte> Args { get; set; }

    public required long CreatedAt { get; init; }

    public long? ScheduledAt { get; init; }

    public int? MaxRetries { get; init; }

    public long? TimeoutMs { get; init; }

    public int RetryCount { get; set; }

    public int Round { get; set; } = 1;

    /// <summary>How the job ended; null while it lives.</summary>
    public TerminalStatus? Status { get; set; }

    public long? FinishedAt { get; set; }

    public string? Reason { get; set; }

    public List<JobAttempt>? Attempts { get; set; }

    public ReadOnlyMemory<byte>? Result { get; set; }

    /// <summary>Bytes of a record that could not be read, base64, cut; kept in the record that buries it.</summary>
    public string? Raw { get; set; }

    /// <summary>The list it waits in: <c>&lt;priority&gt;|&lt;queue&gt;</c>.</summary>
    public string Line => string.Concat(Priority.ToWord(), "|", Queue);

    public int NextAttemptNumber => Attempts is { Count: > 0 } attempts ? attempts[^1].Number + 1 : 1;

    public void AddAttempt(JobAttempt attempt)
    {
        Attempts ??= [];
        if (Attempts.Count >= JobAttempt.MaxKept)
        {
            Attempts.RemoveRange(0, Attempts.Count - JobAttempt.MaxKept + 1);
        }

        Attempts.Add(attempt);
    }
}

/// <summary>How a job ended, as its record says it.</summary>
internal enum TerminalStatus
{
    Completed,
    Failed,
    Cancelled,
}
