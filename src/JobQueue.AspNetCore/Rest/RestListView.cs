using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Rest;

/// <summary>
/// GET /jobs: jobs in a state, or the newest enqueued. A filter reads at most 5,000 records a request, then answers what it has found, with where it goes on
/// and <c>X-Scan-Incomplete: true</c>.
/// </summary>
internal static class RestListView
{
    private const int MaxRead = 5_000;
    private const string IncompleteHeader = "X-Scan-Incomplete";

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs", "Jobs", (HttpContext context) => AnswerAsync(context, api))
            .Asks(ApiValues.Status, ApiValues.JobType, ApiValues.Priority, ApiValues.Queue, ApiValues.Tag, ApiValues.CreatedAfter, ApiValues.CreatedBefore, ApiValues.Limit, ApiValues.Cursor)
            .Says("Without a status the newest enqueued, up to 10,000. A filter reads at most 5,000 records a request: X-Scan-Incomplete then says that there may be more, and X-Next-Cursor where it goes on.")
            .GivesMany(ApiJson.Default.RestJobShape, "Rest/jobs");

    private static async Task<JsonHttpResult<RestJobShape[]>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var token = context.RequestAborted;
        var (filter, limit, cursor) = (JobFilter.Read(context), Query.Limit(context) ?? Query.DefaultLimit, Query.Text(context, "cursor"));
        var found = new List<Job>();
        var read = 0;
        do
        {
            // No more than are wanted still, so that the cursor never stands in the middle of a page.
            var page = await api.Monitor.ListAsync(filter.State, limit - found.Count, cursor, token).ConfigureAwait(false);
            read += limit - found.Count;
            found.AddRange(page.Jobs.Where(filter.Takes));
            cursor = page.NextCursor;
        }
        while (cursor is not null && found.Count < limit && read < MaxRead);

        if (cursor is not null && found.Count < limit)
        {
            context.Response.Headers[IncompleteHeader] = "true";
        }

        Query.SayNext(context, cursor);
        var handlers = await api.Handlers.ReadAsync(token).ConfigureAwait(false);
        return TypedResults.Json<RestJobShape[]>(
            [.. found.Select(job => RestJobShape.Of(job, handlers.GetValueOrDefault(job.Name), api.Redactor))], ApiJson.Default.RestJobShapeArray);
    }
}
