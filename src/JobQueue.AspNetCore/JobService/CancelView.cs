using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>POST /jobs/job/{id}/cancel: a waiting job never starts, a running one is asked to stop.</summary>
internal static class CancelView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Post("/jobs/job/{id}/cancel", "Cancel a job", (string id, HttpContext context) => AnswerAsync(id, context, api))
            .Gives(ApiJson.Default.CancelledShape, "JobService/cancelled")
            .Fails(404, 409);

    public static async Task<JsonHttpResult<CancelledShape>> AnswerAsync(string id, HttpContext context, ApiServices api)
    {
        var state = await api.Jobs.CancelAsync(Query.Id(id), context.RequestAborted).ConfigureAwait(false);
        var message = state == JobState.Running ? "The job runs and was asked to stop." : "The job is cancelled and will not run.";
        return TypedResults.Json(new CancelledShape(Success: true, Query.Id(id).ToString(), Words.OfState(state), message), ApiJson.Default.CancelledShape);
    }
}

/// <summary>What a cancel has come to.</summary>
internal sealed record CancelledShape(bool Success, string JobId, string Status, string Message);
