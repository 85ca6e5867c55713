using JobQueue.AspNetCore.Http;

namespace JobQueue.AspNetCore.JobService;

/// <summary>The job service contract: a view a file, all under <c>/jobs</c>.</summary>
internal static class JobServiceViews
{
    public static void Map(ApiRoutes routes, ApiServices api)
    {
        HealthView.Map(routes, api);
        QueueStatsView.Map(routes, api);
        WorkersStatsView.Map(routes, api);
        SchedulerStatsView.Map(routes, api);
        StatsView.Map(routes, api);
        HandlersView.Map(routes, api);
        EnqueueView.Map(routes, api);
        JobView.Map(routes, api);
        JobResultView.Map(routes, api);
        CancelView.Map(routes, api);
        PendingView.Map(routes, api);
        DeadLettersView.Map(routes, api);
        ScheduledView.Map(routes, api);
        RegisterView.Map(routes, api);
        ScheduledTaskViews.Map(routes, api);
    }
}
