using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Rest;

/// <summary>GET /stats: jobs by state, and what waits by priority. What has ended is counted since the store was made.</summary>
internal static class RestStatsView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/stats", "The jobs in numbers", (HttpContext context) => AnswerAsync(context, api))
            .Gives(ApiJson.Default.RestStatsShape, "Rest/stats");

    private static async Task<JsonHttpResult<RestStatsShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var counts = await api.Monitor.GetCountsAsync(context.RequestAborted).ConfigureAwait(false);
        var waiting = QueueStatsView.Sum(await api.Monitor.GetQueuesAsync(context.RequestAborted).ConfigureAwait(false));
        return TypedResults.Json(
            new RestStatsShape(
                counts.Pending + counts.Scheduled,
                counts.Running,
                counts.TotalCompleted,
                counts.Dead,
                counts.Retrying,
                counts.TotalCancelled,
                counts.Dead,
                counts.LiveWorkers,
                new BreakdownShape(waiting.Critical, waiting.High, waiting.Normal, waiting.Low)),
            ApiJson.Default.RestStatsShape);
    }
}

/// <summary>The jobs in numbers; pending are those that wait for a worker or for their time.</summary>
internal sealed record RestStatsShape(
    long PendingJobs,
    long RunningJobs,
    long CompletedJobs,
    long FailedJobs,
    long RetryingJobs,
    long CancelledJobs,
    long DeadLetterCount,
    long ActiveWorkers,
    BreakdownShape QueueBreakdown);

/// <summary>Waiting jobs by priority.</summary>
internal sealed record BreakdownShape(long Critical, long High, long Medium, long Low);
