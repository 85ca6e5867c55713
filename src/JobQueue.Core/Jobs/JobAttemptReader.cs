using System.Text.Json;

namespace JobQueue;

/// <summary>Reads the attempts of a record.</summary>
internal static class JobAttemptReader
{
    public static List<JobAttempt> ReadAll(ref Utf8JsonReader reader)
    {
        var attempts = new List<JobAttempt>();
        reader.Read();
        JobRecordTokens.Expect(reader.TokenType == JsonTokenType.StartArray, "its attempts are no array");
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            attempts.Add(Read(ref reader));
        }

        return attempts;
    }

    private static JobAttempt Read(ref Utf8JsonReader reader)
    {
        var attempt = new JobAttempt { Number = 0, StartedAt = default, EndedAt = default, WorkerId = "" };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            attempt = reader.GetString() switch
            {
                "number" => attempt with { Number = JobRecordTokens.NextCount(ref reader) },
                "started_at" => attempt with { StartedAt = JobRecordTokens.NextTime(ref reader) },
                "ended_at" => attempt with { EndedAt = JobRecordTokens.NextTime(ref reader) },
                "worker" => attempt with { WorkerId = JobRecordTokens.NextString(ref reader) ?? "" },
                "error_type" => attempt with { ErrorType = JobRecordTokens.NextString(ref reader) },
                "error" => attempt with { ErrorMessage = JobRecordTokens.NextString(ref reader) },
                "stack" => attempt with { StackTrace = JobRecordTokens.NextString(ref reader) },
                "next_retry_at" => attempt with { NextRetryAt = JobRecordTokens.NextTime(ref reader) },
                _ => Skip(ref reader, attempt),
            };
        }

        return attempt;
    }

    private static JobAttempt Skip(ref Utf8JsonReader reader, JobAttempt attempt)
    {
        JobRecordTokens.SkipValue(ref reader);
        return attempt;
    }
}
