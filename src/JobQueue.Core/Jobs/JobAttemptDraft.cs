using System.Text.Json;

namespace JobQueue;

/// <summary>What has been read of an attempt. One without a number has that of its place; one without an end ended when its job did.</summary>
internal struct JobAttemptDraft
{
    private int? _number;
    private long? _endedAt;
    private long _tookMs;
    private string? _worker;
    private string? _errorType;
    private string? _error;
    private string? _stack;
    private long? _nextRetryAt;

    /// <summary>The attempts of a record, once it is known when its job ended.</summary>
    public static JobAttempt[]? Complete(List<JobAttemptDraft>? drafts, long? finishedAt)
    {
        if (drafts is null)
        {
            return null;
        }

        var attempts = new JobAttempt[drafts.Count];
        for (var i = 0; i < attempts.Length; i++)
        {
            attempts[i] = drafts[i].ToAttempt(i + 1, finishedAt);
        }

        return attempts;
    }

    public static List<JobAttemptDraft> ReadAll(ref Utf8JsonReader reader)
    {
        var drafts = new List<JobAttemptDraft>();
        reader.Read();
        JobRecordTokens.Expect(reader.TokenType == JsonTokenType.StartArray, "its attempts are no array");
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var draft = new JobAttemptDraft();
            draft.Read(ref reader);
            drafts.Add(draft);
        }

        return drafts;
    }

    private void Read(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (reader.GetString())
            {
                case "number":
                    _number = JobRecordTokens.NextCount(ref reader);
                    break;
                case "ended_at":
                    _endedAt = JobRecordTokens.NextMilliseconds(ref reader);
                    break;
                case "took_ms":
                    _tookMs = JobRecordTokens.NextMilliseconds(ref reader);
                    break;
                case "worker":
                    _worker = JobRecordTokens.NextString(ref reader);
                    break;
                case "error_type":
                    _errorType = JobRecordTokens.NextString(ref reader);
                    break;
                case "error":
                    _error = JobRecordTokens.NextString(ref reader);
                    break;
                case "stack":
                    _stack = JobRecordTokens.NextString(ref reader);
                    break;
                case "next_retry_at":
                    _nextRetryAt = JobRecordTokens.NextMilliseconds(ref reader);
                    break;
                default:
                    JobRecordTokens.SkipValue(ref reader);
                    break;
            }
        }
    }

    private readonly JobAttempt ToAttempt(int place, long? finishedAt)
    {
        var endedAt = DateTimeOffset.FromUnixTimeMilliseconds(_endedAt ?? finishedAt ?? 0);
        return new JobAttempt
        {
            Number = _number ?? place,
            StartedAt = endedAt - TimeSpan.FromMilliseconds(_tookMs),
            EndedAt = endedAt,
            WorkerId = _worker ?? "",
            ErrorType = _errorType,
            ErrorMessage = _error,
            StackTrace = _stack,
            NextRetryAt = _nextRetryAt is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
        };
    }
}
