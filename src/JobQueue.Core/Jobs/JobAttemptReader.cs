using System.Text.Json;

namespace JobQueue;

/// <summary>Reads the attempts of a record. One without a number has that of its place; one without an end ended when its job did.</summary>
internal static class JobAttemptReader
{
    /// <summary>The attempts of a job that has ended, each with its end.</summary>
    public static List<JobAttempt>? EndedBy(long? finishedAt, List<JobAttempt>? attempts)
    {
        for (var i = 0; finishedAt is not null && i < attempts?.Count; i++)
        {
            if (attempts[i].EndedAt == default)
            {
                attempts[i] = attempts[i] with { EndedAt = DateTimeOffset.FromUnixTimeMilliseconds(finishedAt.Value) };
            }
        }

        return attempts;
    }

    public static List<JobAttempt> ReadAll(ref Utf8JsonReader reader)
    {
        var attempts = new List<JobAttempt>();
        reader.Read();
        JobRecordTokens.Expect(reader.TokenType == JsonTokenType.StartArray, "its attempts are no array");
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            attempts.Add(Read(ref reader, attempts.Count + 1));
        }

        return attempts;
    }

    private static JobAttempt Read(ref Utf8JsonReader reader, int number)
    {
        var attempt = new JobAttempt { Number = number, StartedAt = default, EndedAt = default, WorkerId = "" };
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
