using System.Text.Json;
using static JobQueue.JobRecordTokens;

namespace JobQueue;

/// <summary>What has been read of a record so far; becomes a record when nothing is missing.</summary>
internal ref struct JobRecordDraft
{
    private int _version;
    private string? _queue = JobRecord.DefaultQueue;
    private JobPriority? _priority = JobPriority.Normal;
    private string? _fingerprint;
    private string? _name;
    private long? _createdAt;
    private long? _scheduledAt;
    private int? _maxRetries;
    private long? _timeoutMs;
    private long? _expiresAfterMs;
    private long? _deadline;
    private string? _userId;
    private List<string>? _tags;
    private Dictionary<string, string>? _headers;
    private string? _traceParent;
    private string? _traceState;
    private string? _recurring;
    private string? _requestHash;
    private long? _occurrence;
    private JobId? _copiedFrom;
    private int _retryCount;
    private int _round = 1;
    private long? _requeuedAt;
    private int _snoozes;
    private long? _unknownSince;
    private string? _status;
    private long? _finishedAt;
    private string? _reason;
    private List<JobAttemptDraft>? _attempts;
    private string? _raw;
    private int? _argsDropped;
    private int? _resultDropped;
    private ReadOnlyMemory<byte>? _args;
    private ReadOnlyMemory<byte>? _result;

    public JobRecordDraft()
    {
    }

    public void Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> bytes)
    {
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "it is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!ReadHead(ref reader) && !ReadJson(ref reader, bytes) && !ReadText(ref reader) && !ReadCount(ref reader) && !ReadTime(ref reader))
            {
                SkipValue(ref reader);
            }
        }

        Expect(reader.TokenType == JsonTokenType.EndObject && !reader.Read(), "it does not end where it should");
    }

    public readonly string? FindProblem() => this switch
    {
        { _version: not JobRecord.CurrentVersion } => $"its format version is {_version}, and this process reads {JobRecord.CurrentVersion}",
        { _name: var name } when !Names.IsValid(name) => "its handler name is missing or not a valid name",
        { _queue: var queue } when !Names.IsValid(queue) => "its queue is not a valid name",
        { _priority: null } => "its priority is unknown",
        { _args: null } => "its arguments are missing",
        { _status: not (null or "completed" or "failed" or "cancelled") } => "its status is unknown",
        _ => null,
    };

    public readonly JobRecord ToRecord(JobId id) => new()
    {
        Id = id,
        Name = _name!,
        Queue = _queue!,
        Priority = _priority!.Value,
        Fingerprint = _fingerprint,
        Args = _args!.Value,
        ArgsDropped = _argsDropped,
        ResultDropped = _resultDropped,
        CreatedAt = _createdAt ?? id.Time ?? 0,
        ScheduledAt = _scheduledAt,
        MaxRetries = _maxRetries,
        TimeoutMs = _timeoutMs,
        ExpiresAfterMs = _expiresAfterMs,
        Deadline = _deadline,
        UserId = _userId,
        Tags = _tags,
        Headers = _headers,
        TraceParent = _traceParent,
        TraceState = _traceState,
        Recurring = _recurring,
        Occurrence = _occurrence,
        RequestHash = _requestHash,
        CopiedFrom = _copiedFrom,
        RetryCount = _retryCount,
        Round = _round,
        RequeuedAt = _requeuedAt,
        Snoozes = _snoozes,
        UnknownSince = _unknownSince,
        Status = _status switch
        {
            null => _finishedAt is null ? null : TerminalStatus.Completed,
            "completed" => TerminalStatus.Completed,
            "failed" => TerminalStatus.Failed,
            _ => TerminalStatus.Cancelled,
        },
        FinishedAt = _finishedAt,
        Reason = _reason,
        Attempts = JobAttemptDraft.Complete(_attempts, _finishedAt),
        Result = _result,
        Raw = _raw,
    };

    private bool ReadHead(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("v"u8))
        {
            _version = NextCount(ref reader);
        }
        else if (reader.ValueTextEquals("queue"u8))
        {
            _queue = NextQueue(ref reader);
        }
        else if (reader.ValueTextEquals("priority"u8))
        {
            reader.Read();
            _priority = JobPriorities.TryParse(reader.ValueSpan, out var priority) ? priority : null;
        }
        else if (reader.ValueTextEquals("name"u8))
        {
            _name = NextHandler(ref reader);
        }
        else if (reader.ValueTextEquals("created_at"u8))
        {
            _createdAt = NextMilliseconds(ref reader);
        }
        else
        {
            return false;
        }

        return true;
    }

    private bool ReadJson(ref Utf8JsonReader reader, ReadOnlyMemory<byte> bytes)
    {
        if (reader.ValueTextEquals("args"u8))
        {
            _args = NextRaw(ref reader, bytes);
        }
        else if (reader.ValueTextEquals("result"u8))
        {
            _result = NextRaw(ref reader, bytes);
        }
        else if (reader.ValueTextEquals("attempts"u8))
        {
            _attempts = JobAttemptDraft.ReadAll(ref reader);
        }
        else if (reader.ValueTextEquals("tags"u8))
        {
            _tags = NextStrings(ref reader);
        }
        else if (reader.ValueTextEquals("headers"u8))
        {
            _headers = NextTexts(ref reader);
        }
        else if (reader.ValueTextEquals("copied_from"u8))
        {
            _copiedFrom = JobId.TryParse(NextString(ref reader), out var id) ? id : null;
        }
        else
        {
            return false;
        }

        return true;
    }

    private bool ReadText(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("fingerprint"u8))
        {
            _fingerprint = NextString(ref reader);
        }
        else if (reader.ValueTextEquals("user_id"u8))
        {
            _userId = NextString(ref reader);
        }
        else if (reader.ValueTextEquals("trace_parent"u8))
        {
            _traceParent = NextString(ref reader);
        }
        else if (reader.ValueTextEquals("trace_state"u8))
        {
            _traceState = NextString(ref reader);
        }
        else if (reader.ValueTextEquals("recurring"u8))
        {
            _recurring = NextString(ref reader);
        }
        else if (reader.ValueTextEquals("request_hash"u8))
        {
            _requestHash = NextString(ref reader);
        }
        else if (reader.ValueTextEquals("status"u8))
        {
            _status = NextString(ref reader);
        }
        else if (reader.ValueTextEquals("reason"u8))
        {
            _reason = NextString(ref reader);
        }
        else if (reader.ValueTextEquals("raw"u8))
        {
            _raw = NextString(ref reader);
        }
        else
        {
            return false;
        }

        return true;
    }

    private bool ReadCount(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("max_retries"u8))
        {
            _maxRetries = NextCount(ref reader);
        }
        else if (reader.ValueTextEquals("timeout_ms"u8))
        {
            _timeoutMs = NextCount(ref reader);
        }
        else if (reader.ValueTextEquals("retry_count"u8))
        {
            _retryCount = NextCount(ref reader);
        }
        else if (reader.ValueTextEquals("round"u8))
        {
            _round = NextCount(ref reader);
        }
        else if (reader.ValueTextEquals("snoozes"u8))
        {
            _snoozes = NextCount(ref reader);
        }
        else if (reader.ValueTextEquals("args_dropped"u8))
        {
            _argsDropped = NextCount(ref reader);
        }
        else if (reader.ValueTextEquals("result_dropped"u8))
        {
            _resultDropped = NextCount(ref reader);
        }
        else
        {
            return false;
        }

        return true;
    }

    private bool ReadTime(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("scheduled_at"u8))
        {
            _scheduledAt = NextMilliseconds(ref reader);
        }
        else if (reader.ValueTextEquals("expires_after_ms"u8))
        {
            _expiresAfterMs = NextMilliseconds(ref reader); // A span of up to a year is above a count, and within a time.
        }
        else if (reader.ValueTextEquals("deadline"u8))
        {
            _deadline = NextMilliseconds(ref reader);
        }
        else if (reader.ValueTextEquals("requeued_at"u8))
        {
            _requeuedAt = NextMilliseconds(ref reader);
        }
        else if (reader.ValueTextEquals("occurrence"u8))
        {
            _occurrence = NextMilliseconds(ref reader);
        }
        else if (reader.ValueTextEquals("unknown_since"u8))
        {
            _unknownSince = NextMilliseconds(ref reader);
        }
        else if (reader.ValueTextEquals("finished_at"u8))
        {
            _finishedAt = NextMilliseconds(ref reader);
        }
        else
        {
            return false;
        }

        return true;
    }
}
