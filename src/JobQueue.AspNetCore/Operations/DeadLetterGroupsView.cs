using JobQueue.AspNetCore.FailedJobs;
using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>/dead-letters/groups: the dead jobs by handler and error; retries or deletes a group as it is when the call begins.</summary>
internal static class DeadLetterGroupsView
{
    public static void Map(ApiRoutes routes, ApiServices api)
    {
        routes.Get("/dead-letters/groups", "The dead jobs by error", (HttpContext context) => ListAsync(context, api))
            .Gives(ApiJson.Default.GroupListShape, "Operations/groups");
        routes.Post(
            "/dead-letters/groups/{fingerprint}/retry",
            "Retry a group of dead jobs",
            (string fingerprint, HttpContext context) => AnswerAsync(fingerprint, cursor => api.DeadLetters.RetryAllAsync(fingerprint, cursor, context.RequestAborted)))
            .Gives(ApiJson.Default.GroupDoneShape, "Operations/group.retried")
            .Fails(422);
        routes.Delete(
            "/dead-letters/groups/{fingerprint}",
            "Delete a group of dead jobs",
            (string fingerprint, HttpContext context) => AnswerAsync(fingerprint, cursor => api.DeadLetters.DeleteAllAsync(fingerprint, cursor, context.RequestAborted)))
            .Gives(ApiJson.Default.GroupDoneShape, "Operations/group.retried")
            .Fails(422);
    }

    private static async Task<JsonHttpResult<GroupListShape>> ListAsync(HttpContext context, ApiServices api)
    {
        var groups = await api.DeadLetters.GetGroupsAsync(context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(new GroupListShape([.. groups.Select(group => GroupShape.Of(group, api.Redactor))]), ApiJson.Default.GroupListShape);
    }

    private static async Task<JsonHttpResult<GroupDoneShape>> AnswerAsync(string fingerprint, Func<string?, Task<DeadLetterBatch>> runAsync)
    {
        var (done, failed) = await Batches.RunAsync(runAsync).ConfigureAwait(false);
        return TypedResults.Json(
            new GroupDoneShape(failed.Count == 0, fingerprint, done.Count + failed.Count, done.Count, failed.Count), ApiJson.Default.GroupDoneShape);
    }
}

/// <summary>The groups, the one that grew last first.</summary>
internal sealed record GroupListShape(IReadOnlyList<GroupShape> Groups);

/// <summary>Dead jobs of one handler with one error.</summary>
internal sealed record GroupShape(
    string Fingerprint, string Handler, string? ErrorType, string? Error, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt)
{
    public static GroupShape Of(DeadLetterGroup group, Redactor redactor) => new(
        group.Fingerprint, group.Handler, group.ErrorType, redactor.Error(group.Handler, group.Error), group.Count, group.FirstAt, group.LastAt);
}

/// <summary>What was done to a group.</summary>
internal sealed record GroupDoneShape(bool Success, string Fingerprint, int Total, int DoneCount, int ErrorCount);
