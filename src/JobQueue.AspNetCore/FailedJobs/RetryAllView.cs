using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.FailedJobs;

/// <summary>
/// POST /jobs/failed/retry-all: the jobs that were dead when the call began wait again, a bounded batch at a time. Calling twice is safe: a job that an
/// earlier call has taken, or that has failed again since, is not taken.
/// </summary>
internal static class RetryAllView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Post("/jobs/failed/retry-all", "Retry all failed jobs", (HttpContext context) => AnswerAsync(context, api))
            .Says("Takes the jobs that were dead when the call began, in bounded batches. Calling twice is safe.")
            .Gives(ApiJson.Default.RetriedAllShape, "FailedJobs/failed.retry_all");

    private static async Task<JsonHttpResult<RetriedAllShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var (done, failed) = await Batches.RunAsync(cursor => api.DeadLetters.RetryAllAsync(fingerprint: null, cursor, context.RequestAborted)).ConfigureAwait(false);
        return TypedResults.Json(
            new RetriedAllShape(
                failed.Count == 0,
                done.Count + failed.Count,
                done.Count,
                failed.Count,
                done,
                failed.ConvertAll(static id => $"Job {id} can't be retried: its record can't be read")),
            ApiJson.Default.RetriedAllShape);
    }
}

/// <summary>What a retry of all has come to.</summary>
internal sealed record RetriedAllShape(
    bool Success, int TotalFailed, int RequeuedCount, int ErrorCount, IReadOnlyList<string> RequeuedJobs, IReadOnlyList<string> Errors);
