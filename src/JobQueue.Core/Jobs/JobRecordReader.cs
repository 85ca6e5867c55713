using System.Text.Json;

namespace JobQueue;

/// <summary>
/// Reads records. Arguments and results are slices of the stored bytes, so that they come back as they went in; unknown
/// members are skipped, so that an older process reads what a newer one of the same schema wrote.
/// </summary>
internal static class JobRecordReader
{
    private const int MaxCount = 1_000_000_000;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    /// <summary>Reads a record; answers why it can't be read instead of throwing, because no record may stop a worker.</summary>
    public static JobRecord? TryRead(JobId id, ReadOnlyMemory<byte> bytes, out string? problem)
    {
        if (bytes.IsEmpty)
        {
            problem = "the record is empty, or its key holds another type than a string";
            return null;
        }

        try
        {
            var draft = new Draft();
            var reader = new Utf8JsonReader(bytes.Span, Options);
            draft.Read(ref reader, bytes);
            problem = draft.FindProblem();
            return problem is null ? draft.ToRecord(id) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            problem = "the record is not valid JSON of this schema: " + e.Message;
            return null;
        }
    }

    private ref struct Draft
    {
        private int _version;
        private string? _queue;
        private JobPriority? _priority;
        private string? _name;
        private long _createdAt;
        private long? _scheduledAt;
        private int? _maxRetries;
        private long? _timeoutMs;
        private int _retryCount;
        private int _round = 1;
        private string? _status;
        private long? _finishedAt;
        private string? _reason;
        private List<JobAttempt>? _attempts;
        private string? _raw;
        private ReadOnlyMemory<byte>? _args;
        private ReadOnlyMemory<byte>? _result;

        public Draft()
        {
        }

        public void Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> bytes)
        {
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "it is not an object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader, bytes);
            }

            Expect(reader.TokenType == JsonTokenType.EndObject && !reader.Read(), "it does not end where it should");
        }

        private void ReadMember(ref Utf8JsonReader reader, ReadOnlyMemory<byte> bytes)
        {
            if (reader.ValueTextEquals("args"u8))
            {
                _args = Slice(ref reader, bytes);
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                _result = Slice(ref reader, bytes);
            }
            else if (reader.ValueTextEquals("attempts"u8))
            {
                _attempts = ReadAttempts(ref reader);
            }
            else if (reader.ValueTextEquals("priority"u8))
            {
                reader.Read();
                _priority = JobPriorities.TryParse(reader.ValueSpan, out var priority) ? priority : null;
            }
            else if (!ReadText(ref reader) && !ReadNumber(ref reader))
            {
                reader.Read();
                reader.Skip();
            }
        }

        private bool ReadText(ref Utf8JsonReader reader)
        {
            if (reader.ValueTextEquals("queue"u8))
            {
                _queue = NextString(ref reader);
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                _name = NextString(ref reader);
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

        private bool ReadNumber(ref Utf8JsonReader reader)
        {
            if (reader.ValueTextEquals("v"u8))
            {
                _version = NextCount(ref reader);
            }
            else if (reader.ValueTextEquals("created_at"u8))
            {
                _createdAt = NextTime(ref reader).ToUnixTimeMilliseconds();
            }
            else if (reader.ValueTextEquals("scheduled_at"u8))
            {
                _scheduledAt = NextTime(ref reader).ToUnixTimeMilliseconds();
            }
            else if (reader.ValueTextEquals("max_retries"u8))
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
            else if (reader.ValueTextEquals("finished_at"u8))
            {
                _finishedAt = NextTime(ref reader).ToUnixTimeMilliseconds();
            }
            else
            {
                return false;
            }

            return true;
        }

        public readonly string? FindProblem() => this switch
        {
            { _version: not JobRecord.CurrentVersion } => $"its format version is {_version}, and this process reads {JobRecord.CurrentVersion}",
            { _name: var name } when !Names.IsValid(name) => "its handler name is missing or not a valid name",
            { _queue: var queue } when !Names.IsValid(queue) => "its queue is missing or not a valid name",
            { _priority: null } => "its priority is missing or unknown",
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
            Args = _args!.Value,
            CreatedAt = _createdAt,
            ScheduledAt = _scheduledAt,
            MaxRetries = _maxRetries,
            TimeoutMs = _timeoutMs,
            RetryCount = _retryCount,
            Round = _round,
            Status = _status switch
            {
                null => null,
                "completed" => TerminalStatus.Completed,
                "failed" => TerminalStatus.Failed,
                _ => TerminalStatus.Cancelled,
            },
            FinishedAt = _finishedAt,
            Reason = _reason,
            Attempts = _attempts,
            Result = _result,
            Raw = _raw,
        };

        private static ReadOnlyMemory<byte> Slice(ref Utf8JsonReader reader, ReadOnlyMemory<byte> bytes)
        {
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return bytes[start..(int)reader.BytesConsumed];
        }

        private static List<JobAttempt> ReadAttempts(ref Utf8JsonReader reader)
        {
            var attempts = new List<JobAttempt>();
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.StartArray, "its attempts are no array");
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                attempts.Add(ReadAttempt(ref reader));
            }

            return attempts;
        }

        private static JobAttempt ReadAttempt(ref Utf8JsonReader reader)
        {
            var attempt = new JobAttempt { Number = 0, StartedAt = default, EndedAt = default, WorkerId = "" };
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                attempt = reader.GetString() switch
                {
                    "number" => attempt with { Number = NextCount(ref reader) },
                    "started_at" => attempt with { StartedAt = NextTime(ref reader) },
                    "ended_at" => attempt with { EndedAt = NextTime(ref reader) },
                    "worker" => attempt with { WorkerId = NextString(ref reader) ?? "" },
                    "error_type" => attempt with { ErrorType = NextString(ref reader) },
                    "error" => attempt with { ErrorMessage = NextString(ref reader) },
                    "stack" => attempt with { StackTrace = NextString(ref reader) },
                    "next_retry_at" => attempt with { NextRetryAt = NextTime(ref reader) },
                    _ => SkipValue(ref reader, attempt),
                };
            }

            return attempt;
        }

        private static JobAttempt SkipValue(ref Utf8JsonReader reader, JobAttempt attempt)
        {
            reader.Read();
            reader.Skip();
            return attempt;
        }

        private static string? NextString(ref Utf8JsonReader reader)
        {
            reader.Read();
            return reader.GetString();
        }

        private static long NextNumber(ref Utf8JsonReader reader)
        {
            reader.Read();
            return reader.GetInt64();
        }

        /// <summary>A count that code may add to, or a time span in ms that a timer can hold.</summary>
        private static int NextCount(ref Utf8JsonReader reader)
        {
            var number = NextNumber(ref reader);
            return number is >= 0 and <= MaxCount ? (int)number : throw new FormatException($"{number} is below 0 or above {MaxCount}");
        }

        private static DateTimeOffset NextTime(ref Utf8JsonReader reader) => DateTimeOffset.FromUnixTimeMilliseconds(NextNumber(ref reader));

        private static void Expect(bool condition, string otherwise)
        {
            if (!condition)
            {
                throw new FormatException(otherwise);
            }
        }
    }
}
