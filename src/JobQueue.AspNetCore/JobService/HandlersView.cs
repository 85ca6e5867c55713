using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>GET /jobs/handlers: what live workers can run, with the timetables of each.</summary>
internal static class HandlersView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/handlers", "The handlers of live workers", (HttpContext context) => AnswerAsync(context, api))
            .GivesMany(ApiJson.Default.HandlerShape, "JobService/handlers");

    private static async Task<JsonHttpResult<HandlerShape[]>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var handlers = await api.Monitor.GetHandlersAsync(context.RequestAborted).ConfigureAwait(false);
        var schedules = (await api.Scheduler.ListAsync(context.RequestAborted).ConfigureAwait(false)).ToLookup(static task => task.Handler, StringComparer.Ordinal);
        return TypedResults.Json<HandlerShape[]>(
            [.. handlers.Where(static handler => handler.IsLive).Select(handler => Of(handler, schedules[handler.Name]))], ApiJson.Default.HandlerShapeArray);
    }

    private static HandlerShape Of(HandlerInfo handler, IEnumerable<RecurringJob> schedules) => new(
        handler.Name,
        handler.Queue,
        handler.Priority is { } priority ? Words.OfPriority(priority) : null,
        handler.MaxRetries,
        handler.Timeout?.TotalSeconds,
        handler.Backoff is { } backoff
            ? new BackoffShape(backoff.BackoffType.ToString().ToLowerInvariant(), backoff.BaseDelay.TotalSeconds, backoff.MaxDelay.TotalSeconds, backoff.UseJitter)
            : null,
        handler.ArgsSchema is { } schema ? new RawJson(schema) : default,
        [.. schedules.Select(static task => new ScheduleShape(task.Name, task.Schedule?.ToString() ?? task.Problem ?? "", task.IsEnabled, task.NextRunAt))],
        handler.LastSeenAt);
}

/// <summary>A handler with its settings.</summary>
internal sealed record HandlerShape(
    string Name,
    string? Queue,
    string? Priority,
    int? MaxRetries,
    double? Timeout,
    BackoffShape? Backoff,
    RawJson ArgsSchema,
    IReadOnlyList<ScheduleShape> Schedules,
    DateTimeOffset LastSeenAt);

/// <summary>The delay before a retry; in seconds.</summary>
internal sealed record BackoffShape(string Type, double Base, double Max, bool Jitter);

/// <summary>A timetable of a handler.</summary>
internal sealed record ScheduleShape(string Name, string Schedule, bool Enabled, DateTimeOffset? NextRunAt);
