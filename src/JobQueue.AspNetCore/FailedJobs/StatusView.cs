using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.FailedJobs;

/// <summary>GET /jobs/status/{id}: a job in RQ's words.</summary>
internal static class StatusView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/status/{id}", "A job's status", (string id, HttpContext context) => AnswerAsync(id, context, api))
            .Gives(ApiJson.Default.StatusShape, "FailedJobs/status.failed")
            .Fails(404);

    private static async Task<JsonHttpResult<StatusShape>> AnswerAsync(string id, HttpContext context, ApiServices api)
    {
        var job = await JobView.FindAsync(id, api, context.RequestAborted).ConfigureAwait(false);
        var call = CallShape.Of(job, api.Redactor);
        return TypedResults.Json(
            new StatusShape(
                job.Id.ToString(),
                Words.OfStateInRq(job.State),
                job.Name,
                call.Args,
                call.Kwargs,
                job.CreatedAt,
                job.StartedAt,
                job.FinishedAt,
                api.Redactor.Result(job),
                ExceptionInfo.Of(job, api.Redactor),
                IsFinished: job.State == JobState.Completed,
                IsFailed: job.State == JobState.Dead,
                IsStarted: job.State == JobState.Running,
                IsQueued: job.State == JobState.Pending),
            ApiJson.Default.StatusShape);
    }
}

/// <summary>A job in RQ's words.</summary>
internal sealed record StatusShape(
    string JobId,
    string Status,
    string FuncName,
    RawJson Args,
    RawJson Kwargs,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    RawJson Result,
    string? ExcInfo,
    bool IsFinished,
    bool IsFailed,
    bool IsStarted,
    bool IsQueued);
