using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>GET /jobs/job/{id}: a job with everything that is kept of it.</summary>
internal static class JobView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/job/{id}", "A job", (string id, HttpContext context) => AnswerAsync(id, context, api))
            .Gives(ApiJson.Default.JobShape, "JobService/job.failed")
            .Fails(404);

    public static async Task<Job> FindAsync(string id, ApiServices api, CancellationToken cancellationToken)
        => await api.Jobs.GetAsync(Query.Id(id), cancellationToken).ConfigureAwait(false)
            ?? throw ApiProblemException.NotFound($"There is no job {Words.Shorten(id)}: it was never enqueued, was deleted, or its retention is over.");

    private static async Task<JsonHttpResult<JobShape>> AnswerAsync(string id, HttpContext context, ApiServices api)
    {
        var job = await FindAsync(id, api, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(await JobShape.OfAsync(job, api, context.RequestAborted).ConfigureAwait(false), ApiJson.Default.JobShape);
    }
}
