using System.Text.Json;
using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Rest;

/// <summary>POST /jobs: 201 with the job's id, or 200 when its <c>Idempotency-Key</c> has enqueued it before.</summary>
internal static class CreateJobView
{
    public static ApiValue[] Members { get; } =
    [
        new("job_type", ApiValueKind.Text, "The handler.") { IsRequired = true },
        new("payload", ApiValueKind.Json, "The arguments. Default: {}."),
        ApiValues.Priority,
        ApiValues.MaxRetries,
        new("scheduled_for", ApiValueKind.Time, "When it is due. Default, and when it is past: at once."),
    ];

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Post("/jobs", "Create a job", (HttpContext context) => AnswerAsync(context, api))
            .Takes("""{"job_type": "send_email", "payload": {"to": "a@example.com"}, "priority": "high"}""", Members)
            .Repeats()
            .Gives(ApiJson.Default.EnqueuedShape, "Rest/created", status: 201)
            .Gives(ApiJson.Default.EnqueuedShape, "Rest/created")
            .Fails(409);

    /// <summary>Reads a job of this contract.</summary>
    public static (string Name, JsonElement Args, Action<EnqueueOptions> Configure) Read(RequestBody body, TimeProvider time)
    {
        var name = body.RequiredText("job_type");
        var (priority, retries, scheduledFor) = (body.OptionalPriority("priority"), body.OptionalCount("max_retries", 100), body.OptionalTime("scheduled_for"));
        return (name, body.OptionalJson("payload"), options =>
            (options.Priority, options.MaxRetries, options.ScheduledAt) = (priority, retries, scheduledFor > time.GetUtcNow() ? scheduledFor : null));
    }

    private static async Task<JsonHttpResult<EnqueuedShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var body = await RequestBody.ReadAsync(context, api.Options.MaxBodyBytes).ConfigureAwait(false);
        var (name, args, configure) = Read(body, api.Time);
        if (!api.Options.AllowUnknownHandlers)
        {
            await api.Handlers.CheckAsync(name, "job_type", context.RequestAborted).ConfigureAwait(false);
        }

        var job = await KeyedEnqueue
            .EnqueueAsync(api, name, args, configure, KeyedEnqueue.KeyOf(context), context.RequestAborted)
            .ConfigureAwait(false);
        context.Response.Headers.Location = $"{context.Request.PathBase}{context.Request.Path.Value!.TrimEnd('/')}/{job.Id}";
        return TypedResults.Json(
            new EnqueuedShape(job.Id.ToString(), Words.OfState(job.State), job.CreatedAt),
            ApiJson.Default.EnqueuedShape,
            statusCode: job.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }
}
