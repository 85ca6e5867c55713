using JobQueue.AspNetCore.Http;
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
        => routes.Get("/jobs", "Jobs", (HttpContext context) => AnswerAsync(context, api));

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
