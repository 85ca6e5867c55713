using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>GET /jobs/stats: one object for this contract and for the failed-jobs one, whose counts stand at the top.</summary>
internal static class StatsView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/stats", "Everything in numbers", (HttpContext context) => AnswerAsync(context, api))
            .Gives(ApiJson.Default.StatsShape, "JobService/stats");

    private static async Task<JsonHttpResult<StatsShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var token = context.RequestAborted;
        var counts = await api.Monitor.GetCountsAsync(token).ConfigureAwait(false);
        var fleet = await WorkersStatsView.ReadAsync(api, token).ConfigureAwait(false);
        return TypedResults.Json(
            new StatsShape(
                await QueueStatsView.ReadAsync(api, token).ConfigureAwait(false),
                fleet with { Workers = [] },
                fleet.Workers,
                await SchedulerStatsView.ReadAsync(api, token).ConfigureAwait(false),
                JobRecord.DefaultQueue,
                counts.Pending,
                counts.Running,
                counts.TotalCompleted,
                counts.Dead,
                DeferredCount: 0,
                counts.Scheduled + counts.Retrying),
            ApiJson.Default.StatsShape);
    }
}

/// <summary>The parts of the job service, and RQ's counts of its registries.</summary>
internal sealed record StatsShape(
    QueueStatsShape Queue,
    FleetShape Worker,
    IReadOnlyList<WorkerShape> Workers,
    SchedulerShape Scheduler,
    string QueueName,
    long QueuedCount,
    long StartedCount,
    long FinishedCount,
    long FailedCount,
    long DeferredCount,
    long ScheduledCount);
