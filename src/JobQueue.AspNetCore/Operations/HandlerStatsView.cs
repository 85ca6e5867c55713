using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>GET /handlers/stats: what each known handler did in the last hours, beside its settings.</summary>
internal static class HandlerStatsView
{
    private const int MaxHours = 48;

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/handlers/stats", "What each handler did", (HttpContext context) => AnswerAsync(context, api))
            .Asks(new ApiValue("hours", ApiValueKind.Integer, "How far back. Default: 48.") { Least = 1, Most = MaxHours })
            .Gives(ApiJson.Default.HandlerStatsShape, "Operations/handlers.stats");

    private static async Task<JsonHttpResult<HandlerStatsShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var hours = Query.Number(context, "hours", 1, MaxHours) ?? MaxHours;
        var statistics = await api.Monitor.GetHandlerStatisticsAsync(TimeSpan.FromHours(hours), context.RequestAborted).ConfigureAwait(false);
        var handlers = await api.Handlers.ReadAsync(context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(
            new HandlerStatsShape(hours, [.. statistics.Select(handler => HandlerStatShape.Of(handler, handlers.GetValueOrDefault(handler.Handler)))]),
            ApiJson.Default.HandlerStatsShape);
    }
}

/// <summary>The handlers by name.</summary>
internal sealed record HandlerStatsShape(int Hours, IReadOnlyList<HandlerStatShape> Handlers);

/// <summary>One handler. Calls are attempts that completed or failed; the rate is in percent. Percentiles are within a factor of 1.42.</summary>
internal sealed record HandlerStatShape
{
    public required string Name { get; init; }
    public bool IsLive { get; init; }
    public string? Queue { get; init; }
    public string? Priority { get; init; }
    public int? MaxRetries { get; init; }
    public double? TimeoutSeconds { get; init; }
    public long Calls { get; init; }
    public long Completed { get; init; }
    public long Failed { get; init; }
    public long Retried { get; init; }
    public long Dead { get; init; }
    public long Cancelled { get; init; }
    public double? FailureRate { get; init; }
    public double? RunP50Ms { get; init; }
    public double? RunP95Ms { get; init; }
    public double? RunP99Ms { get; init; }
    public DateTimeOffset LastSeenAt { get; init; }

    public static HandlerStatShape Of(HandlerStatistics statistics, HandlerInfo? handler) => new()
    {
        Name = statistics.Handler,
        IsLive = handler?.IsLive ?? false,
        Queue = handler?.Queue,
        Priority = handler?.Priority is { } priority ? Words.OfPriority(priority) : null,
        MaxRetries = handler?.MaxRetries,
        TimeoutSeconds = handler?.Timeout?.TotalSeconds,
        Calls = statistics.Completed + statistics.Failed,
        Completed = statistics.Completed,
        Failed = statistics.Failed,
        Retried = statistics.Retried,
        Dead = statistics.Dead,
        Cancelled = statistics.Cancelled,
        FailureRate = statistics.FailureRate is { } rate ? Math.Round(100 * rate, 2) : null,
        RunP50Ms = ApiTime.Milliseconds(statistics.RunP50),
        RunP95Ms = ApiTime.Milliseconds(statistics.RunP95),
        RunP99Ms = ApiTime.Milliseconds(statistics.RunP99),
        LastSeenAt = statistics.LastSeenAt,
    };
}
