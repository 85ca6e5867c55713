using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.FailedJobs;

/// <summary>GET /jobs/failed: the dead jobs, newest first.</summary>
internal static class FailedListView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/failed", "The failed jobs", (HttpContext context) => AnswerAsync(context, api))
            .Asks(ApiValues.StreamLimit, ApiValues.Cursor)
            .GivesMany(ApiJson.Default.FailedJobShape, "FailedJobs/failed");

    private static Task AnswerAsync(HttpContext context, ApiServices api) => JobStream.AnswerAsync(
        context,
        async (limit, cursor, token) =>
        {
            var page = await api.DeadLetters.ListAsync(limit, cursor, token).ConfigureAwait(false);
            return (page.Jobs, page.NextCursor);
        },
        job => ValueTask.FromResult<FailedJobShape?>(FailedJobShape.Of(job, api.Redactor)),
        ApiJson.Default.IAsyncEnumerableFailedJobShape);
}

/// <summary>A dead job in RQ's words.</summary>
internal sealed record FailedJobShape(
    string JobId, string FuncName, RawJson Args, RawJson Kwargs, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, string? ExcInfo, RawJson Result)
{
    public static FailedJobShape Of(Job job, Redactor redactor)
    {
        var call = CallShape.Of(job, redactor);
        return new FailedJobShape(
            job.Id.ToString(), job.Name, call.Args, call.Kwargs, job.CreatedAt, job.FinishedAt, ExceptionInfo.Of(job, redactor), redactor.Result(job));
    }
}
