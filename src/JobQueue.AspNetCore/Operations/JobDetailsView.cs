using System.Diagnostics;
using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>GET /jobs/{id}/details: everything that is kept of a job, in words of its own: <c>scheduled</c> apart from <c>pending</c>.</summary>
internal static class JobDetailsView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/{id}/details", "Everything that is kept of a job", (string id, HttpContext context) => AnswerAsync(id, context, api))
            .Gives(ApiJson.Default.JobDetailsShape, "Operations/details.failed")
            .Fails(404);

    private static async Task<JsonHttpResult<JobDetailsShape>> AnswerAsync(string id, HttpContext context, ApiServices api)
    {
        var job = await JobView.FindAsync(id, api, context.RequestAborted).ConfigureAwait(false);
        var handlers = await api.Handlers.ReadAsync(context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(JobDetailsShape.Of(job, handlers.GetValueOrDefault(job.Name), api.Redactor), ApiJson.Default.JobDetailsShape);
    }
}

/// <summary>A job with everything that is kept of it.</summary>
internal sealed record JobDetailsShape
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string State { get; init; }
    public required string Queue { get; init; }
    public required string Priority { get; init; }
    public RawJson Args { get; init; }

    /// <summary>Size of arguments that are no longer kept.</summary>
    public int? ArgsDropped { get; init; }

    public RawJson Result { get; init; }

    /// <summary>Size of a result that was too large to be kept.</summary>
    public int? ResultDropped { get; init; }

    public string? Error { get; init; }
    public string? Reason { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ScheduledAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public DateTimeOffset? NextRetryAt { get; init; }
    public int RetryCount { get; init; }
    public int? MaxRetries { get; init; }
    public double? TimeoutSeconds { get; init; }
    public double? ExpiresAfterSeconds { get; init; }
    public DateTimeOffset? Deadline { get; init; }
    public int Round { get; init; }
    public int Snoozes { get; init; }
    public string? UserId { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public RawJson Headers { get; init; }
    public string? TraceId { get; init; }
    public string? CopiedFrom { get; init; }
    public string? RecurringJob { get; init; }
    public DateTimeOffset? Occurrence { get; init; }
    public string? WorkerId { get; init; }
    public string? Fingerprint { get; init; }
    public ProgressShape? Progress { get; init; }
    public IReadOnlyList<AttemptDetailShape> Attempts { get; init; } = [];

    public static JobDetailsShape Of(Job job, HandlerInfo? handler, Redactor redactor) => new()
    {
        Id = job.Id.ToString(),
        Name = job.Name,
        State = Words.OfStateApart(job.State),
        Queue = job.Queue,
        Priority = Words.OfPriority(job.Priority),
        Args = redactor.Args(job),
        ArgsDropped = job.ArgsDropped,
        Result = redactor.Result(job),
        ResultDropped = job.ResultDropped,
        Error = redactor.Error(job, job.Error),
        Reason = redactor.Error(job, job.Reason),
        CreatedAt = job.CreatedAt,
        ScheduledAt = job.ScheduledAt,
        StartedAt = job.StartedAt,
        FinishedAt = job.FinishedAt,
        NextRetryAt = job.NextRetryAt,
        RetryCount = job.RetryCount,
        MaxRetries = job.MaxRetries ?? handler?.MaxRetries,
        TimeoutSeconds = (job.Timeout ?? handler?.Timeout)?.TotalSeconds,
        ExpiresAfterSeconds = job.ExpiresAfter?.TotalSeconds,
        Deadline = job.Deadline,
        Round = job.Round,
        Snoozes = job.Snoozes,
        UserId = job.UserId,
        Tags = job.Tags,
        Headers = redactor.Headers(job),
        TraceId = ActivityContext.TryParse(job.TraceParent, traceState: null, out var trace) ? trace.TraceId.ToHexString() : null,
        CopiedFrom = job.CopiedFrom?.ToString(),
        RecurringJob = job.RecurringJob,
        Occurrence = job.Occurrence,
        WorkerId = job.WorkerId,
        Fingerprint = job.Fingerprint,
        Progress = job.Progress is { } progress ? new ProgressShape(progress.Fraction, redactor.LogLine(job, progress.Message), progress.At) : null,
        Attempts = [.. job.Attempts.Select(attempt => AttemptDetailShape.Of(job, attempt, redactor))],
    };
}

/// <summary>How far an attempt has come, 0 to 1, as its handler said.</summary>
internal sealed record ProgressShape(double Fraction, string? Message, DateTimeOffset At);

/// <summary>One run of a job's handler.</summary>
internal sealed record AttemptDetailShape(
    int AttemptNumber,
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    double DurationMs,
    string WorkerId,
    string? ErrorType,
    string? Error,
    string? StackTrace,
    DateTimeOffset? NextRetryAt)
{
    public static AttemptDetailShape Of(Job job, JobAttempt attempt, Redactor redactor) => new(
        attempt.Number,
        attempt.StartedAt,
        attempt.EndedAt,
        Math.Max(0, (attempt.EndedAt - attempt.StartedAt).TotalMilliseconds),
        attempt.WorkerId,
        attempt.ErrorType,
        redactor.Error(job, attempt.ErrorMessage),
        redactor.Error(job, attempt.StackTrace),
        attempt.NextRetryAt);
}
