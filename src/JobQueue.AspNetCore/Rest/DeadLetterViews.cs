using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Rest;

/// <summary>/dead-letters: the dead jobs, newest first; retries one, also with other arguments, and deletes one.</summary>
internal static class DeadLetterViews
{
    public static void Map(ApiRoutes routes, ApiServices api)
    {
        routes.Get("/dead-letters", "The dead jobs", (HttpContext context) => ListAsync(context, api))
            .Asks(ApiValues.Limit, ApiValues.Cursor, ApiValues.Fingerprint)
            .Gives(ApiJson.Default.DeadLetterListShape, "Rest/dead_letters");
        routes.Post("/dead-letters/{id}/retry", "Retry a dead job", (string id, HttpContext context) => DeadLettersView.RetryAsync(id, context, api))
            .MayTake("""{"args": {"to": "a@example.com"}}""", ApiValues.Args)
            .Gives(ApiJson.Default.DoneShape, "JobService/dlq.retry")
            .Fails(404, 409);
        routes.Delete("/dead-letters/{id}", "Delete a dead job", (string id, HttpContext context) => DeadLettersView.DeleteAsync(id, context, api))
            .Gives(ApiJson.Default.DoneShape, "JobService/dlq.delete")
            .Fails(404, 409);
    }

    private static async Task<JsonHttpResult<DeadLetterListShape>> ListAsync(HttpContext context, ApiServices api)
    {
        var (limit, cursor) = (Query.Limit(context) ?? Query.DefaultLimit, Query.Text(context, "cursor"));
        var listing = Query.Text(context, "fingerprint") is { } fingerprint
            ? api.DeadLetters.ListGroupAsync(fingerprint, limit, cursor, context.RequestAborted)
            : api.DeadLetters.ListAsync(limit, cursor, context.RequestAborted);
        var page = await listing.ConfigureAwait(false);
        Query.SayNext(context, page.NextCursor);
        return TypedResults.Json(
            new DeadLetterListShape([.. page.Jobs.Select(job => DeadLetterShape.Of(job, api.Redactor))], page.Total), ApiJson.Default.DeadLetterListShape);
    }
}

/// <summary>Dead jobs, and how many there are in all.</summary>
internal sealed record DeadLetterListShape(IReadOnlyList<DeadLetterShape> Items, long Total);

/// <summary>A dead job with what its attempts have said.</summary>
internal sealed record DeadLetterShape(
    string Id,
    string JobId,
    string JobType,
    RawJson Payload,
    int TotalAttempts,
    DateTimeOffset? FirstAttemptAt,
    DateTimeOffset? FinalFailureAt,
    string? FailureReason,
    IReadOnlyList<string> AllErrorMessages)
{
    public static DeadLetterShape Of(Job job, Redactor redactor) => new(
        job.Id.ToString(),
        job.Id.ToString(),
        job.Name,
        redactor.Args(job),
        job.Attempts.Count == 0 ? 0 : job.Attempts[^1].Number,
        job.Attempts.Count == 0 ? null : job.Attempts[0].StartedAt,
        job.FinishedAt,
        redactor.Error(job, job.Error),
        [.. job.Attempts.Select(attempt => redactor.Error(job, attempt.ErrorMessage)).OfType<string>()]);
}
