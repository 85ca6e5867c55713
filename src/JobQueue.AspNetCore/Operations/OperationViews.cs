using JobQueue.AspNetCore.Http;

namespace JobQueue.AspNetCore.Operations;

/// <summary>What a dashboard and operators need beyond the published contracts: a view a file, under the base itself.</summary>
internal static class OperationViews
{
    public static void Map(ApiRoutes routes, ApiServices api)
    {
        OverviewView.Map(routes, api);
        HistoryView.Map(routes, api);
        HandlerStatsView.Map(routes, api);
        WorkersView.Map(routes, api);
        QueuesView.Map(routes, api);
        DeadLetterGroupsView.Map(routes, api);
        RetryJobView.Map(routes, api);
        JobDetailsView.Map(routes, api);
        JobLogView.Map(routes, api);
        BulkView.Map(routes, api);
        RecurringListView.Map(routes, api);
        PreviewView.Map(routes, api);
        EventsView.Map(routes, api);
    }
}
