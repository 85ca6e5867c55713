using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Rest;

/// <summary>GET /jobs/{id}: a job with its failed attempts.</summary>
internal static class RestJobView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/{id}", "A job", (string id, HttpContext context) => AnswerAsync(id, context, api))
            .Gives(ApiJson.Default.RestJobShape, "Rest/job.failed")
            .Fails(404);

    private static async Task<JsonHttpResult<RestJobShape>> AnswerAsync(string id, HttpContext context, ApiServices api)
    {
        var job = await JobView.FindAsync(id, api, context.RequestAborted).ConfigureAwait(false);
        var handlers = await api.Handlers.ReadAsync(context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(RestJobShape.Of(job, handlers.GetValueOrDefault(job.Name), api.Redactor), ApiJson.Default.RestJobShape);
    }
}

/// <summary>A job as the REST contract writes it.</summary>
internal sealed record RestJobShape
{
    public required string JobId { get; init; }
    public required string JobType { get; init; }
    public required string Priority { get; init; }
    public required string Status { get; init; }

    /// <summary>As <c>status</c>, with a delayed job apart from those that wait for a worker.</summary>
    public required string State { get; init; }

    public required string Queue { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public required RawJson Payload { get; init; }
    public int? MaxRetries { get; init; }
    public int RetryCount { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public DateTimeOffset? ScheduledFor { get; init; }
    public string? WorkerId { get; init; }
    public string? ErrorMessage { get; init; }
    public IReadOnlyList<RetryAttemptShape> RetryAttempts { get; init; } = [];

    public static RestJobShape Of(Job job, HandlerInfo? handler, Redactor redactor) => new()
    {
        JobId = job.Id.ToString(),
        JobType = job.Name,
        Priority = Words.OfPriorityInRest(job.Priority),
        Status = Words.OfState(job.State),
        State = Words.OfStateApart(job.State),
        Queue = job.Queue,
        Tags = job.Tags,
        Payload = redactor.Args(job),
        MaxRetries = job.MaxRetries ?? handler?.MaxRetries,
        RetryCount = job.RetryCount,
        CreatedAt = job.CreatedAt,
        StartedAt = job.StartedAt,
        CompletedAt = job.FinishedAt,
        ScheduledFor = job.State == JobState.Retrying ? job.NextRetryAt : job.ScheduledAt,
        WorkerId = job.WorkerId,
        ErrorMessage = redactor.Error(job, job.Error),
        RetryAttempts = [.. job.Attempts.Where(static attempt => attempt.ErrorType is not null).Select(attempt => RetryAttemptShape.Of(job, attempt, redactor))],
    };
}

/// <summary>An attempt that has failed.</summary>
internal sealed record RetryAttemptShape(
    string Id,
    string JobId,
    int AttemptNumber,
    DateTimeOffset StartedAt,
    DateTimeOffset FailedAt,
    string? ErrorMessage,
    string? ErrorTraceback,
    DateTimeOffset? NextRetryAt)
{
    public static RetryAttemptShape Of(Job job, JobAttempt attempt, Redactor redactor) => new(
        $"{job.Id}-{attempt.Number}",
        job.Id.ToString(),
        attempt.Number,
        attempt.StartedAt,
        attempt.EndedAt,
        redactor.Error(job, attempt.ErrorMessage),
        redactor.Error(job, attempt.StackTrace),
        attempt.NextRetryAt);
}
