using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.FailedJobs;

/// <summary>POST /jobs/failed/{id}/retry: a dead job waits again.</summary>
internal static class FailedRetryView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Post("/jobs/failed/{id}/retry", "Retry a failed job", (string id, HttpContext context) => AnswerAsync(id, context, api))
            .Gives(ApiJson.Default.DoneShape, "FailedJobs/failed.retry")
            .Fails(404);

    /// <summary>A job that is not dead is not in this registry, whatever else it is.</summary>
    public static async Task<JobId> InRegistryAsync(string id, Func<JobId, Task> act)
    {
        try
        {
            var known = JobId.TryParse(id, out var parsed) ? parsed : throw NotFound(id);
            await act(known).ConfigureAwait(false);
            return known;
        }
        catch (JobStateException)
        {
            throw NotFound(id);
        }
    }

    private static async Task<JsonHttpResult<DoneShape>> AnswerAsync(string id, HttpContext context, ApiServices api)
    {
        var known = await InRegistryAsync(id, found => api.DeadLetters.RetryAsync(found, context.RequestAborted)).ConfigureAwait(false);
        return TypedResults.Json(new DoneShape(Success: true, known.ToString(), $"Job {known} has been requeued successfully"), ApiJson.Default.DoneShape);
    }

    private static ApiProblemException NotFound(string id) => ApiProblemException.NotFound($"Job {Words.Shorten(id)} not found in failed jobs registry");
}
