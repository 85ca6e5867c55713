using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.Rest;

/// <summary>POST /jobs/{id}/cancel: a waiting job never starts, a running one is asked to stop.</summary>
internal static class RestCancelView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Post("/jobs/{id}/cancel", "Cancel a job", (string id, HttpContext context) => CancelView.AnswerAsync(id, context, api))
            .Gives(ApiJson.Default.CancelledShape, "JobService/cancelled")
            .Fails(404, 409);
}
