using System.Text.Json;
using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>POST /jobs/scheduled/register: 201 for a new recurring job, 200 when it replaced one.</summary>
internal static class RegisterView
{
    public static readonly TimeSpan LongestInterval = TimeSpan.FromDays(366);

    private static readonly JsonElement NoArgs = JsonDocument.Parse("{}").RootElement.Clone();

    private static readonly string[] Types = ["interval", "cron", "once"];
    private static readonly string[] Misfires = ["fire_once", "skip", "catch_up"];
    private static readonly string[] Overlaps = ["allow", "skip_if_running"];

    private static ApiValue[] Members { get; } =
    [
        new("name", ApiValueKind.Text, "The recurring job.") { IsRequired = true },
        new("job_name", ApiValueKind.Text, "The handler.") { IsRequired = true },
        new("schedule_type", ApiValueKind.Text, "Which of the three members says when it fires.") { IsRequired = true, Words = Types },
        .. ApiValues.Timetable,
        ApiValues.Priority,
        new("queue", ApiValueKind.Text, "The queue. Default: the handler's."),
        new("args", ApiValueKind.Json, "The arguments. Default: {}."),
        new("misfire", ApiValueKind.Text, "What becomes of occurrences that nobody could fire. Default: fire_once.") { Words = Misfires },
        new("overlap", ApiValueKind.Text, "Whether it fires while the job before still runs. Default: allow.") { Words = Overlaps },
        new("enabled", ApiValueKind.Flag, "Whether it fires. Default: true."),
    ];

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Post("/jobs/scheduled/register", "Register a recurring job", (HttpContext context) => AnswerAsync(context, api))
            .Takes("""{"name": "nightly", "job_name": "send_report", "schedule_type": "cron", "cron_expression": "0 3 * * *", "time_zone": "Europe/Berlin"}""", Members)
            .Gives(ApiJson.Default.TaskDoneShape, "JobService/task.registered", status: 201)
            .Gives(ApiJson.Default.TaskDoneShape, "JobService/task.registered")
            .Fails(409);

    public static JobSchedule ReadSchedule(RequestBody body, string type) => type switch
    {
        "interval" => JobSchedule.Every(body.OptionalSeconds("interval_seconds", LongestInterval) ?? throw Missing("interval_seconds", type)),
        "cron" => JobSchedule.Cron(body.OptionalText("cron_expression") ?? throw Missing("cron_expression", type), body.OptionalText("time_zone")),
        "once" => JobSchedule.Once(body.OptionalTime("run_at") ?? throw Missing("run_at", type)),
        _ => throw ApiProblemException.Invalid("schedule_type", $"'schedule_type' is '{Words.Shorten(type)}', and must be one of interval, cron, once."),
    };

    private static async Task<JsonHttpResult<TaskDoneShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var body = await RequestBody.ReadAsync(context, api.Options.MaxBodyBytes).ConfigureAwait(false);
        var name = body.RequiredText("name");
        var handler = body.RequiredText("job_name");
        var schedule = ReadSchedule(body, body.RequiredText("schedule_type"));
        var args = body.OptionalJson("args");
        var configure = ReadOptions(body);
        var existed = Names.IsValid(name) && await api.Scheduler.GetAsync(name, context.RequestAborted).ConfigureAwait(false) is not null;
        var task = await api.Scheduler
            .RegisterAsync(name, handler, schedule, args.ValueKind == JsonValueKind.Undefined ? NoArgs : args, configure, context.RequestAborted)
            .ConfigureAwait(false);
        return TypedResults.Json(
            new TaskDoneShape(Success: true, TaskShape.Of(task, api.Redactor)),
            ApiJson.Default.TaskDoneShape,
            statusCode: existed ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static Action<RecurringJobOptions> ReadOptions(RequestBody body)
    {
        var (priority, queue, enabled) = (body.OptionalPriority("priority"), body.OptionalText("queue"), body.OptionalFlag("enabled"));
        MisfirePolicy misfire = default;
        if (body.OptionalText("misfire") is { } misfireWord && !Words.TryParseMisfire(misfireWord, out misfire))
        {
            throw ApiProblemException.Invalid("misfire", $"'misfire' is '{Words.Shorten(misfireWord)}', and must be one of fire_once, skip, catch_up.");
        }

        OverlapPolicy overlap = default;
        if (body.OptionalText("overlap") is { } overlapWord && !Words.TryParseOverlap(overlapWord, out overlap))
        {
            throw ApiProblemException.Invalid("overlap", $"'overlap' is '{Words.Shorten(overlapWord)}', and must be one of allow, skip_if_running.");
        }

        return options =>
        {
            (options.Priority, options.Queue, options.Enabled) = (priority, queue, enabled ?? true);
            (options.Misfire, options.Overlap) = (misfire, overlap);
        };
    }

    private static ApiProblemException Missing(string member, string type)
        => ApiProblemException.Invalid(member, $"'{member}' is missing: a timetable of type '{type}' needs it.");
}

/// <summary>What was done to a recurring job.</summary>
internal sealed record TaskDoneShape(bool Success, TaskShape Task);
