using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>GET /jobs/workers/stats: the fleet's sums, and each worker. Times in seconds, the rate in percent.</summary>
internal static class WorkersStatsView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/workers/stats", "The fleet and its workers", (HttpContext context) => AnswerAsync(context, api))
            .Gives(ApiJson.Default.FleetShape, "JobService/workers.stats");

    public static async Task<FleetShape> ReadAsync(ApiServices api, CancellationToken cancellationToken)
    {
        var workers = await api.Monitor.GetWorkersAsync(cancellationToken).ConfigureAwait(false);
        var live = workers.Where(static worker => worker.IsLive).ToList();
        var status = live.Count == 0 ? "stopping" : live.Exists(static worker => worker.Jobs.Count > 0) ? "processing" : "idle";
        return new FleetShape(
            "fleet",
            live.Count == 0 && workers.Count > 0 ? "lost" : status,
            workers.Sum(static worker => worker.Completed + worker.Failed),
            workers.Sum(static worker => worker.Completed),
            workers.Sum(static worker => worker.Failed),
            Rate(workers.Sum(static worker => worker.Completed), workers.Sum(static worker => worker.Failed)),
            Average(workers.Sum(static worker => worker.RunTime.TotalSeconds), workers.Sum(static worker => worker.Completed + worker.Failed)))
        {
            Workers = [.. workers.Select(Of)],
        };
    }

    private static async Task<JsonHttpResult<FleetShape>> AnswerAsync(HttpContext context, ApiServices api)
        => TypedResults.Json(await ReadAsync(api, context.RequestAborted).ConfigureAwait(false), ApiJson.Default.FleetShape);

    private static WorkerShape Of(WorkerInfo worker) => new(
        worker.Id,
        !worker.IsLive ? "lost" : worker.Jobs.Count > 0 ? "processing" : "idle",
        worker.Completed + worker.Failed,
        worker.Completed,
        worker.Failed,
        Rate(worker.Completed, worker.Failed),
        Average(worker.RunTime.TotalSeconds, worker.Completed + worker.Failed))
    {
        Host = worker.Host,
        ProcessId = worker.ProcessId,
        Queues = worker.Queues,
        Concurrency = worker.Concurrency,
        Running = worker.Jobs.Count,
        StartedAt = worker.StartedAt,
        LastHeartbeatAt = worker.LastBeatAt,
        CurrentJobs = [.. worker.Jobs.Select(static job => new CurrentJobShape(job.Id.ToString(), job.Name, job.StartedAt, job.Progress))],
    };

    private static double Rate(long succeeded, long failed) => succeeded + failed == 0 ? 100 : Math.Round(100.0 * succeeded / (succeeded + failed), 2);

    private static double Average(double seconds, long jobs) => jobs == 0 ? 0 : Math.Round(seconds / jobs, 6);
}

/// <summary>Sums over all workers.</summary>
internal sealed record FleetShape(
    string WorkerId, string Status, long JobsProcessed, long JobsSucceeded, long JobsFailed, double SuccessRate, double AverageProcessingTime)
{
    public IReadOnlyList<WorkerShape> Workers { get; init; } = [];
}

/// <summary>One worker.</summary>
internal sealed record WorkerShape(
    string WorkerId, string Status, long JobsProcessed, long JobsSucceeded, long JobsFailed, double SuccessRate, double AverageProcessingTime)
{
    public string? Host { get; init; }
    public int? ProcessId { get; init; }
    public IReadOnlyList<string> Queues { get; init; } = [];
    public int? Concurrency { get; init; }
    public int Running { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? LastHeartbeatAt { get; init; }
    public IReadOnlyList<CurrentJobShape> CurrentJobs { get; init; } = [];
}

/// <summary>A job that a worker runs.</summary>
internal sealed record CurrentJobShape(string JobId, string? Name, DateTimeOffset? StartedAt, double? Progress);
