using System.Text.Json;
using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>/jobs/dlq: the dead jobs, newest first; retries one, also with other arguments; deletes one or all.</summary>
internal static class DeadLettersView
{
    public static void Map(ApiRoutes routes, ApiServices api)
    {
        routes.Get("/jobs/dlq", "The dead jobs", (HttpContext context) => ListAsync(context, api))
            .Asks(ApiValues.StreamLimit, ApiValues.Cursor)
            .GivesMany(ApiJson.Default.JobShape, "JobService/dlq");
        routes.Post("/jobs/dlq/{id}/retry", "Retry a dead job", (string id, HttpContext context) => RetryAsync(id, context, api))
            .MayTake("""{"args": {"to": "a@example.com"}}""", ApiValues.Args)
            .Gives(ApiJson.Default.DoneShape, "JobService/dlq.retry")
            .Fails(404, 409);
        routes.Delete("/jobs/dlq/{id}", "Delete a dead job", (string id, HttpContext context) => DeleteAsync(id, context, api))
            .Gives(ApiJson.Default.DoneShape, "JobService/dlq.delete")
            .Fails(404, 409);
        routes.Delete("/jobs/dlq", "Delete all dead jobs", (HttpContext context) => ClearAsync(context, api))
            .Gives(ApiJson.Default.ClearedShape, "JobService/dlq.clear");
    }

    /// <summary>Retries a dead job, with the arguments of the body if it has some.</summary>
    private static async Task RetryAsync(JobId id, HttpContext context, ApiServices api)
    {
        var body = await RequestBody.ReadAsync(context, api.Options.MaxBodyBytes, isOptional: true).ConfigureAwait(false);
        var args = body.OptionalJson("args");
        if (args.ValueKind == JsonValueKind.Undefined)
        {
            await api.DeadLetters.RetryAsync(id, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        if (!api.Redactor.IsActive)
        {
            await api.DeadLetters.RetryAsync(id, args, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        var job = await JobView.FindAsync(id.ToString(), api, context.RequestAborted).ConfigureAwait(false);
        await api.DeadLetters.RetryAsync(id, api.Redactor.MergeArgs(job, args), context.RequestAborted).ConfigureAwait(false);
    }

    private static Task ListAsync(HttpContext context, ApiServices api) => JobStream.AnswerAsync(
        context,
        async (limit, cursor, token) =>
        {
            var page = await api.DeadLetters.ListAsync(limit, cursor, token).ConfigureAwait(false);
            return (page.Jobs, page.NextCursor);
        },
        async job => await JobShape.OfAsync(job, api, context.RequestAborted).ConfigureAwait(false),
        ApiJson.Default.IAsyncEnumerableJobShape);

    public static async Task<JsonHttpResult<DoneShape>> RetryAsync(string id, HttpContext context, ApiServices api)
    {
        await RetryAsync(Query.Id(id), context, api).ConfigureAwait(false);
        return TypedResults.Json(new DoneShape(Success: true, Query.Id(id).ToString(), "The job waits again."), ApiJson.Default.DoneShape);
    }

    public static async Task<JsonHttpResult<DoneShape>> DeleteAsync(string id, HttpContext context, ApiServices api)
    {
        await api.DeadLetters.DeleteAsync(Query.Id(id), context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(new DoneShape(Success: true, Query.Id(id).ToString(), "The job is deleted."), ApiJson.Default.DoneShape);
    }

    private static async Task<JsonHttpResult<ClearedShape>> ClearAsync(HttpContext context, ApiServices api)
    {
        long deleted = 0;
        string? cursor = null;
        do
        {
            var batch = await api.DeadLetters.DeleteAllAsync(fingerprint: null, cursor, context.RequestAborted).ConfigureAwait(false);
            (deleted, cursor) = (deleted + batch.Done, batch.NextCursor);
        }
        while (cursor is not null);

        return TypedResults.Json(new ClearedShape(Success: true, deleted), ApiJson.Default.ClearedShape);
    }
}

/// <summary>What was done to a job.</summary>
internal sealed record DoneShape(bool Success, string JobId, string Message);

/// <summary>How many were deleted.</summary>
internal sealed record ClearedShape(bool Success, long DeletedCount);
