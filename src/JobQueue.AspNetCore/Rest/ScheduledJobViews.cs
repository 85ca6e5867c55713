using System.Text.Json;
using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Rest;

/// <summary>/scheduled-jobs: the recurring jobs by name; creates, replaces and removes them.</summary>
internal static class ScheduledJobViews
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(366);

    private static readonly JsonElement NoArgs = JsonDocument.Parse("{}").RootElement.Clone();

    private static ApiValue[] Members { get; } =
    [
        new("name", ApiValueKind.Text, "The recurring job. Default: job_type."),
        new("job_type", ApiValueKind.Text, "The handler."),
        .. ApiValues.Timetable.Where(static value => value.Name != "run_at"),
        ApiValues.Priority,
        new("payload", ApiValueKind.Json, "The arguments. Default: {}."),
        new("is_active", ApiValueKind.Flag, "Whether it fires. Default: true."),
    ];

    public static void Map(ApiRoutes routes, ApiServices api)
    {
        routes.Get("/scheduled-jobs", "The recurring jobs", (HttpContext context) => ListAsync(context, api))
            .GivesMany(ApiJson.Default.ScheduledJobShape, "Rest/scheduled_jobs");
        routes.Post("/scheduled-jobs", "Create a recurring job", (HttpContext context) => CreateAsync(context, api))
            .Takes("""{"name": "nightly", "job_type": "send_report", "cron_expression": "0 3 * * *", "time_zone": "Europe/Berlin"}""", Members)
            .Gives(ApiJson.Default.ScheduledJobShape, "Rest/scheduled_job", status: 201)
            .Gives(ApiJson.Default.ScheduledJobShape, "Rest/scheduled_job")
            .Fails(409);
        routes.Get("/scheduled-jobs/{name}", "A recurring job", (string name, HttpContext context) => GetAsync(name, context, api))
            .Gives(ApiJson.Default.ScheduledJobShape, "Rest/scheduled_job")
            .Fails(404);
        routes.Put("/scheduled-jobs/{name}", "Change a recurring job", (string name, HttpContext context) => ChangeAsync(name, context, api))
            .Takes("""{"is_active": false}""", Members)
            .Gives(ApiJson.Default.ScheduledJobShape, "Rest/scheduled_job")
            .Fails(404, 409);
        routes.Delete("/scheduled-jobs/{name}", "Remove a recurring job", (string name, HttpContext context) => ScheduledTaskViews.RemoveAsync(name, context, api))
            .Gives(ApiJson.Default.RemovedShape, "JobService/task.removed")
            .Fails(404, 409);
    }

    private static async Task<JsonHttpResult<ScheduledJobShape[]>> ListAsync(HttpContext context, ApiServices api)
    {
        var tasks = await api.Scheduler.ListAsync(context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json<ScheduledJobShape[]>([.. tasks.Select(task => ScheduledJobShape.Of(task, api.Redactor))], ApiJson.Default.ScheduledJobShapeArray);
    }

    private static async Task<JsonHttpResult<ScheduledJobShape>> GetAsync(string name, HttpContext context, ApiServices api)
        => Answer(await FindAsync(name, context, api).ConfigureAwait(false), api, StatusCodes.Status200OK);

    private static async Task<JsonHttpResult<ScheduledJobShape>> CreateAsync(HttpContext context, ApiServices api)
    {
        var body = await RequestBody.ReadAsync(context, api.Options.MaxBodyBytes).ConfigureAwait(false);
        var name = body.OptionalText("name") ?? body.RequiredText("job_type");
        var existed = Names.IsValid(name) && await api.Scheduler.GetAsync(name, context.RequestAborted).ConfigureAwait(false) is not null;
        var task = await RegisterAsync(name, body, api, context.RequestAborted).ConfigureAwait(false);
        return Answer(task, api, existed ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    /// <summary>Replaces what the body names, and switches it as <c>is_active</c> says.</summary>
    private static async Task<JsonHttpResult<ScheduledJobShape>> ChangeAsync(string name, HttpContext context, ApiServices api)
    {
        var token = context.RequestAborted;
        var body = await RequestBody.ReadAsync(context, api.Options.MaxBodyBytes).ConfigureAwait(false);
        var task = await FindAsync(name, context, api).ConfigureAwait(false);
        var active = body.OptionalFlag("is_active");
        if (body.OptionalText("job_type") is not null)
        {
            task = await RegisterAsync(name, body, api, token).ConfigureAwait(false);
        }

        if (active is { } on && on != task.IsEnabled)
        {
            var switching = on ? api.Scheduler.EnableAsync(name, token) : api.Scheduler.DisableAsync(name, token);
            task = await switching.ConfigureAwait(false) ?? throw ScheduledTaskViews.NotFound(name);
        }

        return Answer(task, api, StatusCodes.Status200OK);
    }

    private static async Task<RecurringJob> FindAsync(string name, HttpContext context, ApiServices api)
        => await api.Scheduler.GetAsync(ScheduledTaskViews.Known(name), context.RequestAborted).ConfigureAwait(false) ?? throw ScheduledTaskViews.NotFound(name);

    private static Task<RecurringJob> RegisterAsync(string name, RequestBody body, ApiServices api, CancellationToken cancellationToken)
    {
        var (priority, active, payload) = (body.OptionalPriority("priority"), body.OptionalFlag("is_active"), body.OptionalJson("payload"));
        return api.Scheduler.RegisterAsync(
            name,
            body.RequiredText("job_type"),
            ReadSchedule(body),
            payload.ValueKind == JsonValueKind.Undefined ? NoArgs : payload,
            options => (options.Priority, options.Enabled) = (priority, active ?? true),
            cancellationToken);
    }

    private static JobSchedule ReadSchedule(RequestBody body)
        => body.OptionalText("cron_expression") is { } cron ? JobSchedule.Cron(cron, body.OptionalText("time_zone"))
            : body.OptionalSeconds("interval_seconds", LongestInterval) is { } interval ? JobSchedule.Every(interval)
            : throw ApiProblemException.Invalid("cron_expression", "'cron_expression' or 'interval_seconds' is missing: it says when the job recurs.");

    private static JsonHttpResult<ScheduledJobShape> Answer(RecurringJob task, ApiServices api, int status)
        => TypedResults.Json(ScheduledJobShape.Of(task, api.Redactor), ApiJson.Default.ScheduledJobShape, statusCode: status);
}

/// <summary>A recurring job as the REST contract writes it, with its next occurrences.</summary>
internal sealed record ScheduledJobShape
{
    private const int NextShown = 5;

    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string JobType { get; init; }
    public string? CronExpression { get; init; }
    public double? IntervalSeconds { get; init; }
    public string? TimeZone { get; init; }
    public string? Priority { get; init; }
    public RawJson Payload { get; init; }
    public bool IsActive { get; init; }
    public DateTimeOffset? LastRunAt { get; init; }
    public DateTimeOffset? NextRunAt { get; init; }
    public IReadOnlyList<DateTimeOffset> NextRuns { get; init; } = [];

    public static ScheduledJobShape Of(RecurringJob task, Redactor redactor) => new()
    {
        Id = task.Name,
        Name = task.Name,
        JobType = task.Handler,
        CronExpression = task.Schedule?.CronExpression,
        IntervalSeconds = task.Schedule?.Interval?.TotalSeconds,
        TimeZone = task.Schedule?.TimeZone,
        Priority = task.Priority is { } priority ? Words.OfPriorityInRest(priority) : null,
        Payload = redactor.Show(task.Handler, RedactedPart.Args, task.Args),
        IsActive = task.IsEnabled,
        LastRunAt = task.LastRunAt,
        NextRunAt = task.NextRunAt,
        NextRuns = task.GetNextRuns(NextShown),
    };
}
