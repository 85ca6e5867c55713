using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Rest;

/// <summary>DELETE /jobs/{id}: removes a job that does not run, with everything kept of it.</summary>
internal static class RestDeleteView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Delete("/jobs/{id}", "Delete a job", (string id, HttpContext context) => AnswerAsync(id, context, api))
            .Gives(ApiJson.Default.DoneShape, "JobService/dlq.delete")
            .Fails(404, 409);

    private static async Task<JsonHttpResult<DoneShape>> AnswerAsync(string id, HttpContext context, ApiServices api)
    {
        await api.Jobs.DeleteAsync(Query.Id(id), context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(new DoneShape(Success: true, Query.Id(id).ToString(), "The job is deleted."), ApiJson.Default.DoneShape);
    }
}
