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

    private const string DefaultLine = "normal|" + DefaultQueue;

    private const long Never = long.MinValue;

    private RareParts? _rare;
    private long _finishedAt = Never;
    private readonly byte _priority;
    private ReadOnlyMemory<byte> _result;

    public required JobId Id { get; init; }

    public required string Name { get; init; }

    public required string Queue { get; init; }

    public required JobPriority Priority
    {
        get => (JobPriority)_priority;
        init => _priority = (byte)value;
    }

    /// <summary>The bytes as the caller's serialiser wrote them; never re-encoded.</summary>
    public required ReadOnlyMemory<byte> Args { get; set; }

    public required long CreatedAt { get; init; }

    /// <summary>When it was, or is, to run first; moved on when a handler snoozes.</summary>
    public long? ScheduledAt
    {
        get => _rare?.ScheduledAt;
        set => RareIf(value is not null)?.ScheduledAt = value;
    }

    public int? MaxRetries
    {
        get => _rare?.MaxRetries;
        init => RareIf(value is not null)?.MaxRetries = value;
    }

    public long? TimeoutMs
    {
        get => _rare?.TimeoutMs;
        init => RareIf(value is not null)?.TimeoutMs = value;
    }

    /// <summary>How long after it became due it may still start.</summary>
    public long? ExpiresAfterMs
    {
        get => _rare?.ExpiresAfterMs;
        init => RareIf(value is not null)?.ExpiresAfterMs = value;
    }

    /// <summary>The instant after which no attempt may run.</summary>
    public long? Deadline
    {
        get => _rare?.Deadline;
        set => RareIf(value is not null)?.Deadline = value;
    }

    public string? UserId
    {
        get => _rare?.UserId;
        init => RareIf(value is not null)?.UserId = value;
    }

    public IReadOnlyList<string>? Tags
    {
        get => _rare?.Tags;
        init => RareIf(value is not null)?.Tags = value;
    }

    /// <summary>The caller's, in the caller's order.</summary>
    public IReadOnlyDictionary<string, string>? Headers
    {
        get => _rare?.Headers;
        init => RareIf(value is not null)?.Headers = value;
    }

    /// <summary>The span that enqueued it, as W3C's <c>traceparent</c>.</summary>
    public string? TraceParent { get; init; }

    /// <summary>W3C's <c>tracestate</c> beside it.</summary>
    public string? TraceState
    {
        get => _rare?.TraceState;
        init => RareIf(value is not null)?.TraceState = value;
    }

    /// <summary>The recurring job that enqueued it.</summary>
    public string? Recurring
    {
        get => _rare?.Recurring;
        init => RareIf(value is not null)?.Recurring = value;
    }

    /// <summary>The occurrence of the recurring job that it was enqueued for; null when a person ran that at once.</summary>
    public long? Occurrence
    {
        get => _rare?.Occurrence;
        init => RareIf(value is not null)?.Occurrence = value;
    }

    /// <summary>What was asked for by a request that may be repeated, as a hash.</summary>
    public string? RequestHash
    {
        get => _rare?.RequestHash;
        init => RareIf(value is not null)?.RequestHash = value;
    }

    /// <summary>The finished job that this one repeats.</summary>
    public JobId? CopiedFrom
    {
        get => _rare?.CopiedFrom;
        init => RareIf(value is not null)?.CopiedFrom = value;
    }

    public int RetryCount { get; set; }

    public int Round
    {
        get => _rare?.Round ?? 1;
        set => RareIf(value != 1)?.Round = value;
    }

    /// <summary>When a person last began a new round.</summary>
    public long? RequeuedAt
    {
        get => _rare?.RequeuedAt;
        set => RareIf(value is not null)?.RequeuedAt = value;
    }

    public int Snoozes
    {
        get => _rare?.Snoozes ?? 0;
        set => RareIf(value != 0)?.Snoozes = value;
    }

    /// <summary>Since when no live worker has known its handler; null while one does.</summary>
    public long? UnknownSince
    {
        get => _rare?.UnknownSince;
        set => RareIf(value is not null)?.UnknownSince = value;
    }

    /// <summary>Groups a dead job with others of the same error; null while it lives.</summary>
    public string? Fingerprint
    {
        get => _rare?.Fingerprint;
        set => RareIf(value is not null)?.Fingerprint = value;
    }

    /// <summary>How the job ended; null while it lives.</summary>
    public TerminalStatus? Status { get; set; }

    public long? FinishedAt
    {
        get => _finishedAt == Never ? null : _finishedAt;
        set => _finishedAt = value ?? Never;
    }

    public string? Reason
    {
        get => _rare?.Reason;
        set => RareIf(value is not null)?.Reason = value;
    }

    public JobAttempt[]? Attempts { get; set; }

    public ReadOnlyMemory<byte>? Result
    {
        get => _result.IsEmpty ? default(ReadOnlyMemory<byte>?) : _result; // A null would become empty memory.
        set => _result = value ?? default;
    }

    /// <summary>Size of arguments that are no longer kept; <see cref="Args"/> is then <c>null</c>.</summary>
    public int? ArgsDropped
    {
        get => _rare?.ArgsDropped;
        set => RareIf(value is not null)?.ArgsDropped = value;
    }

    /// <summary>Size of a result that was too large to be kept.</summary>
    public int? ResultDropped
    {
        get => _rare?.ResultDropped;
        set => RareIf(value is not null)?.ResultDropped = value;
    }

    /// <summary>Bytes of a record that could not be read, base64, cut; kept in the record that buries it.</summary>
    public string? Raw
    {
        get => _rare?.Raw;
        set => RareIf(value is not null)?.Raw = value;
    }

    /// <summary>The list it waits in: <c>&lt;priority&gt;|&lt;queue&gt;</c>.</summary>
    public string Line => Priority == JobPriority.Normal && Queue == DefaultQueue ? DefaultLine : string.Concat(Priority.ToWord(), "|", Queue);

    /// <summary>When it last became due: the latest of its creation, its schedule, its requeue and its next try.</summary>
    public long DueAt
    {
        get
        {
            var due = Math.Max(CreatedAt, Math.Max(ScheduledAt ?? 0, RequeuedAt ?? 0));
            return Attempts is [.., var last] && last.NextRetryAt is { } retry ? Math.Max(due, retry.ToUnixTimeMilliseconds()) : due;
        }
    }

    private RareParts? RareIf(bool isNeeded) => isNeeded ? _rare ??= new RareParts() : _rare;

    public int NextAttemptNumber => Attempts is [.., var last] ? last.Number + 1 : 1;

    /// <summary>The attempts that are kept beside another one.</summary>
    public ReadOnlySpan<JobAttempt> AttemptsBesideNext()
        => Attempts is not { } attempts ? [] : attempts.AsSpan(Math.Max(0, attempts.Length - JobAttempt.MaxKept + 1));

    public void AddAttempt(JobAttempt attempt) => Attempts = [.. AttemptsBesideNext(), attempt];

    /// <summary>What most jobs do not have: room for it would more than double what each record takes in memory.</summary>
    private sealed class RareParts
    {
        public long? ScheduledAt { get; set; }

        public int? MaxRetries { get; set; }

        public long? TimeoutMs { get; set; }

        public long? ExpiresAfterMs { get; set; }

        public long? Deadline { get; set; }

        public string? UserId { get; set; }

        public IReadOnlyList<string>? Tags { get; set; }

        public IReadOnlyDictionary<string, string>? Headers { get; set; }

        public string? TraceState { get; set; }

        public string? Recurring { get; set; }

        public long? Occurrence { get; set; }

        public string? RequestHash { get; set; }

        public JobId? CopiedFrom { get; set; }

        public long? RequeuedAt { get; set; }

        public int Round { get; set; } = 1;

        public int Snoozes { get; set; }

        public long? UnknownSince { get; set; }

        public string? Fingerprint { get; set; }

        public string? Reason { get; set; }

        public int? ArgsDropped { get; set; }

        public int? ResultDropped { get; set; }

        public string? Raw { get; set; }
    }
}

/// <summary>How a job ended, as its record says it.</summary>
internal enum TerminalStatus : byte
{
    Completed,
    Failed,
    Cancelled,
}
