using System.Text.Json.Serialization;
using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>GET /jobs/queue/stats: what waits, by priority. <c>?queue=</c> narrows it to one queue and leaves the members out that no queue has.</summary>
internal static class QueueStatsView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/queue/stats", "What waits, by priority", (HttpContext context) => AnswerAsync(context, api))
            .Asks(ApiValues.Queue)
            .Gives(ApiJson.Default.QueueStatsShape, "JobService/queue.stats");

    public static async Task<QueueStatsShape> ReadAsync(ApiServices api, CancellationToken cancellationToken)
    {
        var counts = await api.Monitor.GetCountsAsync(cancellationToken).ConfigureAwait(false);
        var pending = Sum(await api.Monitor.GetQueuesAsync(cancellationToken).ConfigureAwait(false));
        return new QueueStatsShape(pending, pending.Total)
        {
            Scheduled = counts.Scheduled + counts.Retrying,
            Processing = counts.Running,
            DeadLetter = counts.Dead,
        };
    }

    public static PendingShape Sum(IEnumerable<QueueInfo> queues)
    {
        long critical = 0, high = 0, normal = 0, low = 0, suspects = 0;
        foreach (var queue in queues)
        {
            critical += queue.WaitingByPriority[JobPriority.Critical];
            high += queue.WaitingByPriority[JobPriority.High];
            normal += queue.WaitingByPriority[JobPriority.Normal];
            low += queue.WaitingByPriority[JobPriority.Low];
            suspects += queue.Suspects;
        }

        return new PendingShape(critical, high, normal, low) { Total = critical + high + normal + low + suspects };
    }

    private static async Task<JsonHttpResult<QueueStatsShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        if (Query.Text(context, "queue") is not { } name)
        {
            return TypedResults.Json(await ReadAsync(api, context.RequestAborted).ConfigureAwait(false), ApiJson.Default.QueueStatsShape);
        }

        var queues = await api.Monitor.GetQueuesAsync(context.RequestAborted).ConfigureAwait(false);
        var pending = Sum(queues.Where(queue => queue.Name == name));
        return TypedResults.Json(new QueueStatsShape(pending, pending.Total), ApiJson.Default.QueueStatsShape);
    }
}

/// <summary>Waiting jobs by priority; a job that runs alone after crashes counts in the total only.</summary>
internal sealed record PendingShape(long Critical, long High, long Normal, long Low)
{
    [JsonIgnore]
    public long Total { get; init; }
}

/// <summary>What waits, and what else there is; <c>Scheduled</c> are delayed and retrying jobs.</summary>
internal sealed record QueueStatsShape(PendingShape Pending, long TotalPending)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Scheduled { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Processing { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? DeadLetter { get; init; }
}
