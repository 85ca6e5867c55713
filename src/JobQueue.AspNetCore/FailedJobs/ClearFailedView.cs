using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.FailedJobs;

/// <summary>DELETE /jobs/failed/clear: the jobs that were dead when the call began are removed, a bounded batch at a time.</summary>
internal static class ClearFailedView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Delete("/jobs/failed/clear", "Delete all failed jobs", (HttpContext context) => AnswerAsync(context, api))
            .Gives(ApiJson.Default.ClearedAllShape, "FailedJobs/failed.clear");

    private static async Task<JsonHttpResult<ClearedAllShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var (done, _) = await Batches.RunAsync(cursor => api.DeadLetters.DeleteAllAsync(fingerprint: null, cursor, context.RequestAborted)).ConfigureAwait(false);
        return TypedResults.Json(new ClearedAllShape(Success: true, done.Count, done.Count, ErrorCount: 0, done, []), ApiJson.Default.ClearedAllShape);
    }
}

/// <summary>What a removal of all has come to.</summary>
internal sealed record ClearedAllShape(
    bool Success, int TotalFailed, int DeletedCount, int ErrorCount, IReadOnlyList<string> DeletedJobs, IReadOnlyList<string> Errors);
