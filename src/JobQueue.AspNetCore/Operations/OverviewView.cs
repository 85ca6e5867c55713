using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>GET /overview: the whole at a glance, with what needs somebody's attention now.</summary>
internal static class OverviewView
{
    private const int QueuesShown = 20;

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/overview", "The whole at a glance", (HttpContext context) => AnswerAsync(context, api))
            .Gives(ApiJson.Default.OverviewShape, "Operations/overview");

    private static async Task<JsonHttpResult<OverviewShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var token = context.RequestAborted;
        var counts = await api.Monitor.GetCountsAsync(token).ConfigureAwait(false);
        var queues = await api.Monitor.GetQueuesAsync(token).ConfigureAwait(false);
        var workers = await api.Monitor.GetWorkersAsync(token).ConfigureAwait(false);
        var history = await api.Monitor.GetHistoryAsync(Attention.RisingPeriod, token).ConfigureAwait(false);
        var recurring = await api.Scheduler.ListAsync(token).ConfigureAwait(false);
        var now = api.Time.GetUtcNow();
        return TypedResults.Json(
            new OverviewShape
            {
                At = now,
                Counts = CountsShape.Of(counts),
                Backlog = BacklogShape.Of(queues),
                Queues = [.. queues.OrderByDescending(static queue => queue.IsPaused).ThenByDescending(static queue => queue.Waiting).Take(QueuesShown).Select(QueueShape.Of)],
                Oldest = OldestShape.Find(queues, now),
                Workers = FleetSizeShape.Of(workers),
                Attention = Attention.Find(new Situation(now, counts, queues, workers, history, recurring)),
            },
            ApiJson.Default.OverviewShape);
    }
}

/// <summary>The whole at a glance.</summary>
internal sealed record OverviewShape
{
    public DateTimeOffset At { get; init; }
    public required CountsShape Counts { get; init; }
    public required BacklogShape Backlog { get; init; }

    /// <summary>The paused queues and those in which most waits, at most 20.</summary>
    public required IReadOnlyList<QueueShape> Queues { get; init; }

    public OldestShape? Oldest { get; init; }
    public required FleetSizeShape Workers { get; init; }
    public required IReadOnlyList<AttentionShape> Attention { get; init; }
}

/// <summary>What waits for a worker, by priority; suspects run alone after crashes.</summary>
internal sealed record BacklogShape(long Critical, long High, long Normal, long Low, long Suspects, long Total)
{
    public static BacklogShape Of(IReadOnlyList<QueueInfo> queues) => new(
        Sum(queues, JobPriority.Critical),
        Sum(queues, JobPriority.High),
        Sum(queues, JobPriority.Normal),
        Sum(queues, JobPriority.Low),
        queues.Sum(static queue => queue.Suspects),
        queues.Sum(static queue => queue.Waiting));

    private static long Sum(IReadOnlyList<QueueInfo> queues, JobPriority priority) => queues.Sum(queue => queue.WaitingByPriority[priority]);
}

/// <summary>The job that has waited longest.</summary>
internal sealed record OldestShape(string JobId, string Queue, DateTimeOffset WaitingSince, double WaitingSeconds)
{
    public static OldestShape? Find(IReadOnlyList<QueueInfo> queues, DateTimeOffset now)
    {
        var oldest = queues.Where(static queue => queue is { OldestJobId: not null, WaitingSince: not null }).MinBy(static queue => queue.WaitingSince);
        return oldest is null
            ? null
            : new OldestShape(oldest.OldestJobId!.Value.ToString(), oldest.Name, oldest.WaitingSince!.Value, Math.Round(Math.Max(0, (now - oldest.WaitingSince.Value).TotalSeconds), 3));
    }
}

/// <summary>The workers in numbers.</summary>
internal sealed record FleetSizeShape(int Live, int Lost, int Concurrency, int Running, int Stuck)
{
    public static FleetSizeShape Of(IReadOnlyList<WorkerInfo> workers)
    {
        var live = workers.Where(static worker => worker.IsLive).ToList();
        return new FleetSizeShape(
            live.Count,
            workers.Count - live.Count,
            live.Sum(static worker => worker.Concurrency ?? 0),
            live.Sum(static worker => worker.Jobs.Count),
            live.Sum(static worker => worker.StuckSlots));
    }
}
