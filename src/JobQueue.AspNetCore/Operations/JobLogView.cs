using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>GET /jobs/{id}/log: what the handler has written into the job's log, in all of its attempts.</summary>
internal static class JobLogView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/{id}/log", "A job's log", (string id, HttpContext context) => AnswerAsync(id, context, api))
            .Gives(ApiJson.Default.JobLogShape, "Operations/log")
            .Fails(404);

    private static async Task<JsonHttpResult<JobLogShape>> AnswerAsync(string id, HttpContext context, ApiServices api)
    {
        var job = await JobView.FindAsync(id, api, context.RequestAborted).ConfigureAwait(false);
        var lines = await api.Monitor.GetLogAsync(job.Id, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(
            new JobLogShape(job.Id.ToString(), [.. lines.Select(line => new LogLineShape(line.At, api.Redactor.LogLine(job, line.Text)))]), ApiJson.Default.JobLogShape);
    }
}

/// <summary>The newest 200 lines, oldest first.</summary>
internal sealed record JobLogShape(string JobId, IReadOnlyList<LogLineShape> Lines);

/// <summary>A line; it may be of several lines.</summary>
internal sealed record LogLineShape(DateTimeOffset At, string? Text);
