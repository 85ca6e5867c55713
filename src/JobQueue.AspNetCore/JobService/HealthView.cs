using JobQueue.AspNetCore.Health;
using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.JobService;

/// <summary>GET /jobs/health: whether jobs run. 503 when Redis does not answer.</summary>
internal static class HealthView
{
    private static readonly TimeSpan MaxLoopAge = new JobQueueHealthOptions().MaxLoopAge;

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/health", "Whether jobs run", (HttpContext context) => AnswerAsync(context, api))
            .Gives(ApiJson.Default.HealthShape, "JobService/health")
            .Gives(ApiJson.Default.HealthShape, """{"status": "unhealthy", "running": false, "queue": false, "worker": false, "scheduler": false, "redis": {"connected": false, "latency_ms": null}}""", status: 503);

    private static async Task AnswerAsync(HttpContext context, ApiServices api)
    {
        var health = await ReadAsync(api, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = health.Redis.Connected ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsJsonAsync(health, ApiJson.Default.HealthShape, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    public static async Task<HealthShape> ReadAsync(ApiServices api, CancellationToken cancellationToken)
    {
        try
        {
            var began = api.Time.GetTimestamp();
            var counts = await api.Monitor.GetCountsAsync(cancellationToken).ConfigureAwait(false);
            var latency = api.Time.GetElapsedTime(began).TotalMilliseconds;
            var running = counts.LiveWorkers > 0;
            var (worker, scheduler) = (running && LoopCheck.PoolsTurn(api.Process, MaxLoopAge), running && LoopCheck.SchedulerTurns(api.Process, MaxLoopAge));
            return new HealthShape(
                worker && scheduler ? "healthy" : "degraded", running, Queue: true, worker, scheduler, new RedisHealth(Connected: true, Math.Round(latency, 2)));
        }
        catch (JobQueueException)
        {
            return new HealthShape("unhealthy", Running: false, Queue: false, Worker: false, Scheduler: false, new RedisHealth(Connected: false, LatencyMs: null));
        }
    }
}

/// <summary>The parts of the queue, and whether each works. Degraded: Redis answers, and no worker is live, or a loop of this process does not turn.</summary>
internal sealed record HealthShape(string Status, bool Running, bool Queue, bool Worker, bool Scheduler, RedisHealth Redis);

/// <summary>Whether Redis answers, and how fast.</summary>
internal sealed record RedisHealth(bool Connected, double? LatencyMs);
