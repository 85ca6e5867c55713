using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>/jobs/scheduled/{name}: removes a recurring job, switches it on or off, and runs it at once.</summary>
internal static class ScheduledTaskViews
{
    public static void Map(ApiRoutes routes, ApiServices api)
    {
        routes.Delete("/jobs/scheduled/{name}", "Remove a recurring job", (string name, HttpContext context) => RemoveAsync(name, context, api))
            .Gives(ApiJson.Default.RemovedShape, "JobService/task.removed")
            .Fails(404, 409);
        routes.Post("/jobs/scheduled/{name}/enable", "Switch a recurring job on", (string name, HttpContext context) => SwitchAsync(name, on: true, context, api))
            .Gives(ApiJson.Default.TaskDoneShape, "JobService/task.registered")
            .Fails(404, 409);
        routes.Post("/jobs/scheduled/{name}/disable", "Switch a recurring job off", (string name, HttpContext context) => SwitchAsync(name, on: false, context, api))
            .Gives(ApiJson.Default.TaskDoneShape, "JobService/task.registered")
            .Fails(404, 409);
        routes.Post("/jobs/scheduled/{name}/run", "Run a recurring job now", (string name, HttpContext context) => RunAsync(name, context, api))
            .Gives(ApiJson.Default.StartedShape, "JobService/task.run")
            .Fails(404, 409);
    }

    /// <summary>A name in a path; what no recurring job can be called is not found.</summary>
    public static string Known(string name) => Names.IsValid(name) ? name : throw NotFound(name);

    public static ApiProblemException NotFound(string name) => ApiProblemException.NotFound($"There is no recurring job '{Words.Shorten(name)}'.");

    public static async Task<JsonHttpResult<RemovedShape>> RemoveAsync(string name, HttpContext context, ApiServices api)
        => await api.Scheduler.UnregisterAsync(Known(name), context.RequestAborted).ConfigureAwait(false)
            ? TypedResults.Json(new RemovedShape(Success: true, name, "The recurring job is removed."), ApiJson.Default.RemovedShape)
            : throw NotFound(name);

    private static async Task<JsonHttpResult<TaskDoneShape>> SwitchAsync(string name, bool on, HttpContext context, ApiServices api)
    {
        var switching = on ? api.Scheduler.EnableAsync(Known(name), context.RequestAborted) : api.Scheduler.DisableAsync(Known(name), context.RequestAborted);
        var task = await switching.ConfigureAwait(false) ?? throw NotFound(name);
        return TypedResults.Json(new TaskDoneShape(Success: true, TaskShape.Of(task, api.Redactor)), ApiJson.Default.TaskDoneShape);
    }

    private static async Task<JsonHttpResult<StartedShape>> RunAsync(string name, HttpContext context, ApiServices api)
    {
        var id = await api.Scheduler.RunNowAsync(Known(name), context.RequestAborted).ConfigureAwait(false) ?? throw NotFound(name);
        return TypedResults.Json(new StartedShape(Success: true, id.ToString()), ApiJson.Default.StartedShape);
    }
}

/// <summary>A recurring job that is gone.</summary>
internal sealed record RemovedShape(bool Success, string Name, string Message);

/// <summary>A job that was enqueued at once.</summary>
internal sealed record StartedShape(bool Success, string JobId);
