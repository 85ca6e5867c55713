using JobQueue.AspNetCore.Http;

namespace JobQueue.AspNetCore.Rest;

/// <summary>The REST contract: a view a file, under the base itself.</summary>
internal static class RestViews
{
    public static void Map(ApiRoutes routes, ApiServices api)
    {
        CreateJobView.Map(routes, api);
        BatchView.Map(routes, api);
        RestListView.Map(routes, api);
        RestJobView.Map(routes, api);
        RestCancelView.Map(routes, api);
        RestDeleteView.Map(routes, api);
        RestStatsView.Map(routes, api);
        DeadLetterViews.Map(routes, api);
        ScheduledJobViews.Map(routes, api);
        RestHealthView.Map(routes, api);
    }
}
