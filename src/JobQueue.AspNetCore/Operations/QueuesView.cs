using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>/queues: what waits in each; pauses, resumes and purges one.</summary>
internal static class QueuesView
{
    private const string ConfirmName = "confirm";

    public static void Map(ApiRoutes routes, ApiServices api)
    {
        routes.Get("/queues", "The queues", (HttpContext context) => ListAsync(context, api))
            .Gives(ApiJson.Default.QueueListShape, "Operations/queues");
        routes.Post("/queues/{name}/pause", "Pause a queue", (string name, HttpContext context) => PauseAsync(name, context, api))
            .Gives(ApiJson.Default.QueuePausedShape, "Operations/queue.paused")
            .Fails(422);
        routes.Post("/queues/{name}/resume", "Resume a queue", (string name, HttpContext context) => ResumeAsync(name, context, api))
            .Gives(ApiJson.Default.QueuePausedShape, "Operations/queue.resumed")
            .Fails(422);
        routes.Delete("/queues/{name}/jobs", "Remove what waits in a queue", (string name, HttpContext context) => PurgeAsync(name, context, api))
            .Asks(new ApiValue(ConfirmName, ApiValueKind.Text, "The queue's name once more.") { IsRequired = true })
            .Gives(ApiJson.Default.QueuePurgedShape, "Operations/queue.purged");
    }

    private static async Task<JsonHttpResult<QueueListShape>> ListAsync(HttpContext context, ApiServices api)
    {
        var queues = await api.Monitor.GetQueuesAsync(context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(new QueueListShape([.. queues.Select(QueueShape.Of)]), ApiJson.Default.QueueListShape);
    }

    private static async Task<JsonHttpResult<QueuePausedShape>> PauseAsync(string name, HttpContext context, ApiServices api)
    {
        await api.Monitor.PauseAsync(name, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(new QueuePausedShape(Success: true, name, Paused: true), ApiJson.Default.QueuePausedShape);
    }

    private static async Task<JsonHttpResult<QueuePausedShape>> ResumeAsync(string name, HttpContext context, ApiServices api)
    {
        await api.Monitor.ResumeAsync(name, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(new QueuePausedShape(Success: true, name, Paused: false), ApiJson.Default.QueuePausedShape);
    }

    private static async Task<JsonHttpResult<QueuePurgedShape>> PurgeAsync(string name, HttpContext context, ApiServices api)
    {
        if (Query.Text(context, ConfirmName) != name)
        {
            throw ApiProblemException.Invalid(
                ConfirmName, $"This removes every job that waits in queue '{Words.Shorten(name)}', for good. Repeat the queue's name to confirm it: ?{ConfirmName}={Uri.EscapeDataString(Words.Shorten(name))}");
        }

        var deleted = await api.Monitor.PurgeAsync(name, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(new QueuePurgedShape(Success: true, name, deleted), ApiJson.Default.QueuePurgedShape);
    }
}

/// <summary>The queues by name.</summary>
internal sealed record QueueListShape(IReadOnlyList<QueueShape> Queues);

/// <summary>A queue; the rate is how many of its jobs workers took in the last minute.</summary>
internal sealed record QueueShape(
    string Name,
    bool Paused,
    long Waiting,
    WaitingShape WaitingByPriority,
    long Suspects,
    long RatePerMinute,
    string? OldestJobId,
    DateTimeOffset? WaitingSince)
{
    public static QueueShape Of(QueueInfo queue) => new(
        queue.Name,
        queue.IsPaused,
        queue.Waiting,
        new WaitingShape(
            queue.WaitingByPriority[JobPriority.Critical],
            queue.WaitingByPriority[JobPriority.High],
            queue.WaitingByPriority[JobPriority.Normal],
            queue.WaitingByPriority[JobPriority.Low]),
        queue.Suspects,
        queue.TakenPerMinute,
        queue.OldestJobId?.ToString(),
        queue.WaitingSince);
}

/// <summary>Waiting jobs by priority.</summary>
internal sealed record WaitingShape(long Critical, long High, long Normal, long Low);

/// <summary>Whether a queue is paused now.</summary>
internal sealed record QueuePausedShape(bool Success, string Name, bool Paused);

/// <summary>How many jobs were removed.</summary>
internal sealed record QueuePurgedShape(bool Success, string Name, long DeletedCount);
