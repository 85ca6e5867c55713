using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>POST /jobs/enqueue: 201 with the job's id, or 200 when its <c>Idempotency-Key</c> has enqueued it before.</summary>
internal static class EnqueueView
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(3_650);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(24);

    private static ApiValue[] Members { get; } =
    [
        new("name", ApiValueKind.Text, "The handler.") { IsRequired = true },
        new("args", ApiValueKind.Json, "The arguments. Default: {}."),
        ApiValues.Priority,
        new("queue", ApiValueKind.Text, "The queue. Default: the handler's."),
        new("scheduled_at", ApiValueKind.Time, "When it is due. Default, and when it is past: at once."),
        new("delay_seconds", ApiValueKind.Number, "After how long it is due, in place of scheduled_at.") { Least = 0, Most = 315_360_000 },
        ApiValues.MaxRetries,
        new("timeout", ApiValueKind.Number, "Longest one attempt may take, in seconds. Default: the handler's.") { Least = 0, Most = 86_400 },
        new("user_id", ApiValueKind.Text, "For whom it is."),
        new("tags", ApiValueKind.Texts, "Labels, up to 16 of up to 64 characters."),
    ];

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Post("/jobs/enqueue", "Enqueue a job", (HttpContext context) => AnswerAsync(context, api))
            .Takes("""{"name": "send_email", "args": {"to": "a@example.com"}, "priority": "high", "delay_seconds": 60}""", Members)
            .Repeats()
            .Gives(ApiJson.Default.EnqueuedShape, "JobService/enqueued", status: 201)
            .Gives(ApiJson.Default.EnqueuedShape, "JobService/enqueued")
            .Fails(409);

    private static async Task<JsonHttpResult<EnqueuedShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var body = await RequestBody.ReadAsync(context, api.Options.MaxBodyBytes).ConfigureAwait(false);
        var name = body.RequiredText("name");
        var configure = ReadOptions(body, api.Time);
        if (!api.Options.AllowUnknownHandlers)
        {
            await api.Handlers.CheckAsync(name, "name", context.RequestAborted).ConfigureAwait(false);
        }

        var job = await KeyedEnqueue
            .EnqueueAsync(api, name, body.OptionalJson("args"), configure, KeyedEnqueue.KeyOf(context), context.RequestAborted)
            .ConfigureAwait(false);
        context.Response.Headers.Location = $"{context.Request.PathBase}{context.Request.Path.Value!.TrimEnd('/')[..^"enqueue".Length]}job/{job.Id}";
        return TypedResults.Json(
            new EnqueuedShape(job.Id.ToString(), Words.OfState(job.State), job.CreatedAt),
            ApiJson.Default.EnqueuedShape,
            statusCode: job.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static Action<EnqueueOptions> ReadOptions(RequestBody body, TimeProvider time)
    {
        var (priority, queue, userId) = (body.OptionalPriority("priority"), body.OptionalText("queue"), body.OptionalText("user_id"));
        var (retries, timeout) = (body.OptionalCount("max_retries", 100), body.OptionalSeconds("timeout", LongestTimeout));
        var (scheduledAt, delay, tags) = (body.OptionalTime("scheduled_at"), body.OptionalSeconds("delay_seconds", LongestDelay), body.OptionalTexts("tags"));
        return options =>
        {
            (options.Priority, options.Queue, options.UserId) = (priority, queue, userId);
            (options.MaxRetries, options.Timeout) = (retries, timeout);
            (options.ScheduledAt, options.Delay) = (scheduledAt > time.GetUtcNow() ? scheduledAt : null, delay);
            foreach (var tag in tags)
            {
                options.Tags.Add(tag);
            }
        };
    }
}

/// <summary>A job that is enqueued.</summary>
internal sealed record EnqueuedShape(string JobId, string Status, DateTimeOffset CreatedAt);
