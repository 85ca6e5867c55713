using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.FailedJobs;

/// <summary>DELETE /jobs/failed/{id}: a dead job is removed with everything kept of it.</summary>
internal static class FailedDeleteView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Delete("/jobs/failed/{id}", "Delete a failed job", (string id, HttpContext context) => AnswerAsync(id, context, api))
            .Gives(ApiJson.Default.DoneShape, "FailedJobs/failed.delete")
            .Fails(404);

    private static async Task<JsonHttpResult<DoneShape>> AnswerAsync(string id, HttpContext context, ApiServices api)
    {
        var known = await FailedRetryView.InRegistryAsync(id, found => api.DeadLetters.DeleteAsync(found, context.RequestAborted)).ConfigureAwait(false);
        return TypedResults.Json(new DoneShape(Success: true, known.ToString(), $"Job {known} has been deleted successfully"), ApiJson.Default.DoneShape);
    }
}
