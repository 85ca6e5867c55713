using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>POST /jobs/enqueue: 201 with the job's id, or 200 when its <c>Idempotency-Key</c> has enqueued it before.</summary>
internal static class EnqueueView
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(3_650);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(24);

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Post("/jobs/enqueue", "Enqueue a job", (HttpContext context) => AnswerAsync(context, api));

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
