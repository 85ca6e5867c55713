using JobQueue.AspNetCore.Http;

namespace JobQueue.AspNetCore.FailedJobs;

/// <summary>The failed-jobs contract, in RQ's words: a view a file, all under <c>/jobs</c>.</summary>
internal static class FailedJobViews
{
    public static void Map(ApiRoutes routes, ApiServices api)
    {
        FailedListView.Map(routes, api);
        RetryAllView.Map(routes, api);
        ClearFailedView.Map(routes, api);
        FailedRetryView.Map(routes, api);
        FailedDeleteView.Map(routes, api);
        StatusView.Map(routes, api);
    }
}
