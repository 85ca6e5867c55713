using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.JobService;

/// <summary>GET /jobs/pending: the waiting jobs in the order they will run; <c>?queue=</c> and <c>?priority=</c> leave others out.</summary>
internal static class PendingView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/pending", "The jobs that wait for a worker", (HttpContext context) => AnswerAsync(context, api))
            .Asks(ApiValues.Queue, ApiValues.Priority, ApiValues.StreamLimit, ApiValues.Cursor)
            .Says("In the order in which they will run.")
            .GivesMany(ApiJson.Default.JobShape, "JobService/pending");

    private static Task AnswerAsync(HttpContext context, ApiServices api)
    {
        var (queue, priority) = (Query.Text(context, "queue"), Query.Priority(context));
        return JobStream.AnswerAsync(
            context,
            async (limit, cursor, token) =>
            {
                var page = await api.Monitor.ListAsync(JobState.Pending, limit, cursor, token).ConfigureAwait(false);
                return (page.Jobs, page.NextCursor);
            },
            async job => (queue is null || job.Queue == queue) && (priority is null || job.Priority == priority)
                ? await JobShape.OfAsync(job, api, context.RequestAborted).ConfigureAwait(false)
                : null,
            ApiJson.Default.IAsyncEnumerableJobShape);
    }
}
