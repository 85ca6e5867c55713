using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>GET /jobs/scheduled: the recurring jobs, and the next jobs that wait for their time.</summary>
internal static class ScheduledView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/scheduled", "Recurring and delayed jobs", (HttpContext context) => AnswerAsync(context, api))
            .Asks(ApiValues.Limit, ApiValues.Cursor)
            .Gives(ApiJson.Default.ScheduledShape, "JobService/scheduled");

    private static async Task<JsonHttpResult<ScheduledShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var token = context.RequestAborted;
        var tasks = await api.Scheduler.ListAsync(token).ConfigureAwait(false);
        var page = await api.Monitor.ListAsync(JobState.Scheduled, Query.Limit(context) ?? Query.DefaultLimit, Query.Text(context, "cursor"), token).ConfigureAwait(false);
        Query.SayNext(context, page.NextCursor);
        var jobs = new List<JobShape>(page.Jobs.Count);
        foreach (var job in page.Jobs)
        {
            jobs.Add(await JobShape.OfAsync(job, api, token).ConfigureAwait(false));
        }

        return TypedResults.Json(new ScheduledShape([.. tasks.Select(task => TaskShape.Of(task, api.Redactor))], jobs), ApiJson.Default.ScheduledShape);
    }
}

/// <summary>What waits for its time.</summary>
internal sealed record ScheduledShape(IReadOnlyList<TaskShape> Tasks, IReadOnlyList<JobShape> Jobs);
