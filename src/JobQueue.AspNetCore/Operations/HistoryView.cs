using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>GET /stats/history: what happened in each of the last minutes; the last one has not ended yet.</summary>
internal static class HistoryView
{
    private const int DefaultMinutes = 60;
    private const int MaxMinutes = 48 * 60;

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/stats/history", "What happened minute by minute", (HttpContext context) => AnswerAsync(context, api))
            .Asks(new ApiValue("minutes", ApiValueKind.Integer, "How far back. Default: 60.") { Least = 1, Most = MaxMinutes })
            .Gives(ApiJson.Default.HistoryShape, """{"points": [{"at": "2026-01-31T08:00:00.000Z", "enqueued": 120, "completed": 118, "failed": 2, "retried": 1, "dead": 1, "cancelled": 0, "wait_p50_ms": 2, "wait_p95_ms": 8, "run_p50_ms": 11.3, "run_p95_ms": 45.3, "run_p99_ms": 90.5}]}""");

    private static async Task<JsonHttpResult<HistoryShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var minutes = Query.Number(context, "minutes", 1, MaxMinutes) ?? DefaultMinutes;
        var points = await api.Monitor.GetHistoryAsync(TimeSpan.FromMinutes(minutes), context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(new HistoryShape([.. points.Select(HistoryPointShape.Of)]), ApiJson.Default.HistoryShape);
    }
}

/// <summary>A point a minute, oldest first.</summary>
internal sealed record HistoryShape(IReadOnlyList<HistoryPointShape> Points);

/// <summary>One minute. Percentiles are within a factor of 1.42, and null when nothing was measured.</summary>
internal sealed record HistoryPointShape
{
    public DateTimeOffset At { get; init; }
    public long Enqueued { get; init; }
    public long Completed { get; init; }
    public long Failed { get; init; }
    public long Retried { get; init; }
    public long Dead { get; init; }
    public long Cancelled { get; init; }
    public double? WaitP50Ms { get; init; }
    public double? WaitP95Ms { get; init; }
    public double? RunP50Ms { get; init; }
    public double? RunP95Ms { get; init; }
    public double? RunP99Ms { get; init; }

    public static HistoryPointShape Of(HistoryPoint point) => new()
    {
        At = point.At,
        Enqueued = point.Enqueued,
        Completed = point.Completed,
        Failed = point.Failed,
        Retried = point.Retried,
        Dead = point.Dead,
        Cancelled = point.Cancelled,
        WaitP50Ms = ApiTime.Milliseconds(point.WaitP50),
        WaitP95Ms = ApiTime.Milliseconds(point.WaitP95),
        RunP50Ms = ApiTime.Milliseconds(point.RunP50),
        RunP95Ms = ApiTime.Milliseconds(point.RunP95),
        RunP99Ms = ApiTime.Milliseconds(point.RunP99),
    };
}
