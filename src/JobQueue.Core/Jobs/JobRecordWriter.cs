using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace JobQueue;

/// <summary>
/// Writes records. <c>v</c> comes first, then <c>queue</c> and <c>priority</c> together unless both are at their default, then a dead record's
/// <c>fingerprint</c>: scripts read the line and the group of a record from those bytes without decoding it. Other members are left out at their
/// default too, the time of creation where the id tells it. The id is the key's.
/// </summary>
internal static class JobRecordWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        // Records are read by programs and with redis-cli, never put into a page unescaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? _cached;

    public static byte[] Write(JobRecord record) => Write(record, record.Attempts, succeeded: null);

    /// <summary>The record with one attempt more, which it ends with.</summary>
    public static byte[] Write(JobRecord record, in AttemptRun succeeded) => Write(record, record.AttemptsBesideNext(), succeeded);

    private static byte[] Write(JobRecord record, ReadOnlySpan<JobAttempt> attempts, AttemptRun? succeeded)
    {
        var (buffer, writer) = _cached ??= Create();
        buffer.ResetWrittenCount();
        writer.Reset(buffer);

        writer.WriteStartObject();
        WriteHead(writer, record);
        WriteProgressOfLife(writer, record, attempts, succeeded);
        writer.WritePropertyName("args"u8);
        writer.WriteRawValue(record.Args.Span, skipInputValidation: true);
        if (record.Result is { } result)
        {
            writer.WritePropertyName("result"u8);
            writer.WriteRawValue(result.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
        writer.Flush();
        var bytes = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity > 64 * 1024)
        {
            _cached = null; // A rare large record must not pin its buffer to the thread.
        }

        return bytes;
    }

    private static (ArrayBufferWriter<byte>, Utf8JsonWriter) Create()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        return (buffer, new Utf8JsonWriter(buffer, Options));
    }

    private static void WriteHead(Utf8JsonWriter writer, JobRecord record)
    {
        writer.WriteNumber("v"u8, JobRecord.CurrentVersion);
        if (record.Priority != JobPriority.Normal || record.Queue != JobRecord.DefaultQueue)
        {
            writer.WriteString("queue"u8, record.Queue);
            writer.WriteString("priority"u8, record.Priority.ToUtf8Word());
        }

        WriteOptional(writer, "fingerprint"u8, record.Fingerprint);
        writer.WriteString("name"u8, record.Name);
        WriteOptional(writer, "created_at"u8, record.CreatedAt == record.Id.Time ? null : record.CreatedAt);
        WriteOptional(writer, "scheduled_at"u8, record.ScheduledAt);
        WriteOptional(writer, "max_retries"u8, record.MaxRetries);
        WriteOptional(writer, "timeout_ms"u8, record.TimeoutMs);
        WriteOptional(writer, "expires_after_ms"u8, record.ExpiresAfterMs);
        WriteOptional(writer, "deadline"u8, record.Deadline);
        WriteOptional(writer, "user_id"u8, record.UserId);
        WriteTags(writer, record.Tags);
        WriteHeaders(writer, record.Headers);
        WriteOptional(writer, "trace_parent"u8, record.TraceParent);
        WriteOptional(writer, "trace_state"u8, record.TraceState);
        WriteOptional(writer, "recurring"u8, record.Recurring);
        WriteOptional(writer, "occurrence"u8, record.Occurrence);
        WriteOptional(writer, "request_hash"u8, record.RequestHash);
        WriteOptional(writer, "copied_from"u8, record.CopiedFrom?.ToString());
    }

    private static void WriteTags(Utf8JsonWriter writer, IReadOnlyList<string>? tags)
    {
        if (tags is not { Count: > 0 })
        {
            return;
        }

        writer.WriteStartArray("tags"u8);
        for (var i = 0; i < tags.Count; i++)
        {
            writer.WriteStringValue(tags[i]);
        }

        writer.WriteEndArray();
    }

    private static void WriteHeaders(Utf8JsonWriter writer, IReadOnlyDictionary<string, string>? headers)
    {
        if (headers is not { Count: > 0 })
        {
            return;
        }

        writer.WriteStartObject("headers"u8);
        foreach (var (name, value) in headers)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteProgressOfLife(Utf8JsonWriter writer, JobRecord record, ReadOnlySpan<JobAttempt> attempts, AttemptRun? succeeded)
    {
        WriteOptional(writer, "retry_count"u8, record.RetryCount == 0 ? null : record.RetryCount);
        WriteOptional(writer, "round"u8, record.Round == 1 ? null : record.Round);
        WriteOptional(writer, "requeued_at"u8, record.RequeuedAt);
        WriteOptional(writer, "snoozes"u8, record.Snoozes == 0 ? null : record.Snoozes);
        WriteOptional(writer, "unknown_since"u8, record.UnknownSince);
        if (record.Status is { } status && (status != TerminalStatus.Completed || record.FinishedAt is null))
        {
            writer.WriteString("status"u8, status switch
            {
                TerminalStatus.Completed => "completed"u8,
                TerminalStatus.Failed => "failed"u8,
                _ => "cancelled"u8,
            });
        }

        WriteOptional(writer, "finished_at"u8, record.FinishedAt);
        WriteOptional(writer, "reason"u8, record.Reason);
        if (!attempts.IsEmpty || succeeded is not null)
        {
            WriteAttempts(writer, attempts, succeeded, record.FinishedAt);
        }

        WriteOptional(writer, "raw"u8, record.Raw);
        WriteOptional(writer, "args_dropped"u8, record.ArgsDropped);
        WriteOptional(writer, "result_dropped"u8, record.ResultDropped);
    }

    private static void WriteAttempts(Utf8JsonWriter writer, ReadOnlySpan<JobAttempt> attempts, AttemptRun? succeeded, long? finishedAt)
    {
        writer.WriteStartArray("attempts"u8);
        for (var i = 0; i < attempts.Length; i++)
        {
            var attempt = attempts[i];
            var run = new AttemptRun(attempt.Number, attempt.StartedAt.ToUnixTimeMilliseconds(), attempt.EndedAt.ToUnixTimeMilliseconds(), attempt.WorkerId);
            BeginAttempt(writer, run, place: i + 1, finishedAt);
            WriteOptional(writer, "error_type"u8, attempt.ErrorType);
            WriteOptional(writer, "error"u8, attempt.ErrorMessage);
            WriteOptional(writer, "stack"u8, attempt.StackTrace);
            WriteOptional(writer, "next_retry_at"u8, attempt.NextRetryAt?.ToUnixTimeMilliseconds());
            writer.WriteEndObject();
        }

        if (succeeded is { } last)
        {
            BeginAttempt(writer, last, place: attempts.Length + 1, finishedAt);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void BeginAttempt(Utf8JsonWriter writer, in AttemptRun run, int place, long? finishedAt)
    {
        var took = run.EndedAt - run.StartedAt;
        writer.WriteStartObject();
        WriteOptional(writer, "number"u8, run.Number == place ? null : run.Number);
        WriteOptional(writer, "ended_at"u8, run.EndedAt == finishedAt ? null : run.EndedAt);
        WriteOptional(writer, "took_ms"u8, took == 0 ? null : took);
        writer.WriteString("worker"u8, run.WorkerId);
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
