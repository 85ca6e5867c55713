using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>GET /workers: the live workers, and those lost within the hour, with the jobs that each runs.</summary>
internal static class WorkersView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/workers", "The workers", (HttpContext context) => AnswerAsync(context, api))
            .Gives(ApiJson.Default.WorkerListShape, "Operations/workers");

    private static async Task<JsonHttpResult<WorkerListShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var workers = await api.Monitor.GetWorkersAsync(context.RequestAborted).ConfigureAwait(false);
        var now = api.Time.GetUtcNow();
        return TypedResults.Json(new WorkerListShape([.. workers.Select(worker => WorkerDetailShape.Of(worker, now))]), ApiJson.Default.WorkerListShape);
    }
}

/// <summary>The workers by id.</summary>
internal sealed record WorkerListShape(IReadOnlyList<WorkerDetailShape> Workers);

/// <summary>A worker as it described itself with its last heartbeat.</summary>
internal sealed record WorkerDetailShape
{
    public required string WorkerId { get; init; }
    public required string Status { get; init; }
    public string? Pool { get; init; }
    public string? Host { get; init; }
    public int? ProcessId { get; init; }
    public IReadOnlyList<string> Queues { get; init; } = [];
    public int? Concurrency { get; init; }
    public int Running { get; init; }
    public int StuckSlots { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public double? UptimeSeconds { get; init; }
    public DateTimeOffset? LastHeartbeatAt { get; init; }
    public DateTimeOffset? LeaseUntil { get; init; }
    public DateTimeOffset? LostAt { get; init; }
    public long JobsSucceeded { get; init; }
    public long JobsFailed { get; init; }
    public IReadOnlyList<WorkerJobShape> CurrentJobs { get; init; } = [];

    public static WorkerDetailShape Of(WorkerInfo worker, DateTimeOffset now) => new()
    {
        WorkerId = worker.Id,
        Status = !worker.IsLive ? "lost" : worker.Jobs.Count > 0 ? "processing" : "idle",
        Pool = worker.Pool,
        Host = worker.Host,
        ProcessId = worker.ProcessId,
        Queues = worker.Queues,
        Concurrency = worker.Concurrency,
        Running = worker.Jobs.Count,
        StuckSlots = worker.StuckSlots,
        StartedAt = worker.StartedAt,
        UptimeSeconds = ApiTime.SecondsBetween(worker.StartedAt, worker.LostAt ?? now),
        LastHeartbeatAt = worker.LastBeatAt,
        LeaseUntil = worker.LeaseUntil,
        LostAt = worker.LostAt,
        JobsSucceeded = worker.Completed,
        JobsFailed = worker.Failed,
        CurrentJobs = [.. worker.Jobs.Select(job => WorkerJobShape.Of(job, worker.LostAt ?? now))],
    };
}

/// <summary>A job that a worker runs; progress is 0 to 1.</summary>
internal sealed record WorkerJobShape(string JobId, string? Name, DateTimeOffset? StartedAt, double? RunningSeconds, double? Progress, bool IsStuck)
{
    public static WorkerJobShape Of(WorkerJob job, DateTimeOffset now)
        => new(job.Id.ToString(), job.Name, job.StartedAt, ApiTime.SecondsBetween(job.StartedAt, now), job.Progress, job.IsStuck);
}
