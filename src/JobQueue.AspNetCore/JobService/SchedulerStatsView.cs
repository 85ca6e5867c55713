using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>GET /jobs/scheduler/stats: the recurring jobs, in numbers and one by one.</summary>
internal static class SchedulerStatsView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/scheduler/stats", "The recurring jobs in numbers", (HttpContext context) => AnswerAsync(context, api))
            .Gives(ApiJson.Default.SchedulerShape, "JobService/scheduler.stats");

    public static async Task<SchedulerShape> ReadAsync(ApiServices api, CancellationToken cancellationToken)
    {
        var tasks = await api.Scheduler.ListAsync(cancellationToken).ConfigureAwait(false);
        var counts = await api.Monitor.GetCountsAsync(cancellationToken).ConfigureAwait(false);
        var now = api.Time.GetUtcNow();
        return new SchedulerShape(
            counts.LiveWorkers > 0,
            tasks.Count,
            tasks.Count(static task => task.IsEnabled),
            tasks.Count(static task => !task.IsEnabled),
            tasks.Count(task => task.NextRunAt <= now),
            [.. tasks.Select(task => TaskShape.Of(task, api.Redactor))]);
    }

    private static async Task<JsonHttpResult<SchedulerShape>> AnswerAsync(HttpContext context, ApiServices api)
        => TypedResults.Json(await ReadAsync(api, context.RequestAborted).ConfigureAwait(false), ApiJson.Default.SchedulerShape);
}

/// <summary>The recurring jobs; it runs while a worker is live.</summary>
internal sealed record SchedulerShape(bool Running, int TotalTasks, int EnabledTasks, int DisabledTasks, int DueTasks, IReadOnlyList<TaskShape> Tasks);

/// <summary>A recurring job as this contract writes it.</summary>
internal record TaskShape
{
    public required string Name { get; init; }
    public required string JobName { get; init; }
    public required string ScheduleType { get; init; }
    public double? IntervalSeconds { get; init; }
    public string? CronExpression { get; init; }
    public DateTimeOffset? RunAt { get; init; }
    public string? TimeZone { get; init; }
    public string? Priority { get; init; }
    public string? Queue { get; init; }
    public RawJson Args { get; init; }
    public bool Enabled { get; init; }
    public required string Misfire { get; init; }
    public required string Overlap { get; init; }
    public string? Owner { get; init; }
    public DateTimeOffset? LastRunAt { get; init; }
    public string? LastJobId { get; init; }
    public DateTimeOffset? NextRunAt { get; init; }
    public long RunCount { get; init; }

    public static TaskShape Of(RecurringJob task, Redactor redactor) => new()
    {
        Name = task.Name,
        JobName = task.Handler,
        ScheduleType = task.Schedule switch { { Interval: not null } => "interval", { RunAt: not null } => "once", _ => "cron" },
        IntervalSeconds = task.Schedule?.Interval?.TotalSeconds,
        CronExpression = task.Schedule?.CronExpression,
        RunAt = task.Schedule?.RunAt,
        TimeZone = task.Schedule?.TimeZone,
        Priority = task.Priority is { } priority ? Words.OfPriority(priority) : null,
        Queue = task.Queue,
        Args = redactor.Show(task.Handler, RedactedPart.Args, task.Args),
        Enabled = task.IsEnabled,
        Misfire = Words.OfMisfire(task.Misfire),
        Overlap = Words.OfOverlap(task.Overlap),
        Owner = task.Owner,
        LastRunAt = task.LastRunAt,
        LastJobId = task.LastJobId?.ToString(),
        NextRunAt = task.NextRunAt,
        RunCount = task.RunCount,
    };
}
