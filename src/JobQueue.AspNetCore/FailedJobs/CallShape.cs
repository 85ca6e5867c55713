using System.Text.Json;
using JobQueue.AspNetCore.Http;

namespace JobQueue.AspNetCore.FailedJobs;

/// <summary>Arguments as RQ's clients know them: an object is keyword arguments, an array positional ones, and the other is empty.</summary>
internal readonly record struct CallShape(RawJson Args, RawJson Kwargs)
{
    private static readonly RawJson NoArgs = new("[]"u8.ToArray());
    private static readonly RawJson NoKwargs = new("{}"u8.ToArray());

    public static CallShape Of(Job job, Redactor redactor)
    {
        var shown = redactor.Args(job);
        var reader = new Utf8JsonReader(shown.Bytes.Span);
        return !shown.Bytes.IsEmpty && reader.Read() && reader.TokenType == JsonTokenType.StartArray ? new CallShape(shown, NoKwargs)
            : reader.TokenType == JsonTokenType.StartObject ? new CallShape(NoArgs, shown)
            : new CallShape(NoArgs, NoKwargs);
    }
}

/// <summary>What is said of a job's last error: type, message, then the stack trace.</summary>
internal static class ExceptionInfo
{
    public static string? Of(Job job, Redactor redactor)
    {
        if (job.Reason is { } reason)
        {
            return redactor.Error(job, reason);
        }

        return job.Attempts.Count == 0 || job.Attempts[^1] is not { ErrorMessage: { } message } last
            ? null
            : redactor.Error(job, last.StackTrace is null ? $"{last.ErrorType}: {message}" : $"{last.ErrorType}: {message}\n{last.StackTrace}");
    }
}
