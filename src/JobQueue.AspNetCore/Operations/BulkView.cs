using System.Collections.Frozen;
using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>
/// POST /bulk: does one thing to many jobs, up to 5,000 records a call; the answer's cursor, sent again with the same body, goes on until it is null.
/// A filter, ids or <c>all: true</c> is required, so that nobody changes everything by leaving something out.
/// </summary>
internal static class BulkView
{
    private const int MaxIds = 500;

    private static readonly FrozenDictionary<string, BulkAction> Actions = new Dictionary<string, BulkAction>(StringComparer.Ordinal)
    {
        ["retry"] = BulkAction.Retry,
        ["delete"] = BulkAction.Delete,
        ["cancel"] = BulkAction.Cancel,
        ["run_now"] = BulkAction.RunNow,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static ApiValue[] Members { get; } =
    [
        new("action", ApiValueKind.Text, "What to do.") { IsRequired = true, Words = [.. Actions.Keys.Order(StringComparer.Ordinal)] },
        new("filter", ApiValueKind.Object, "Which jobs; or 'ids', or 'all'.")
        {
            Members =
            [
                ApiValues.Status, ApiValues.JobType, ApiValues.Queue, ApiValues.Tag, ApiValues.Priority, ApiValues.CreatedAfter, ApiValues.CreatedBefore, ApiValues.Fingerprint,
            ],
        },
        new("ids", ApiValueKind.Texts, "The jobs by id, up to 500."),
        new("all", ApiValueKind.Flag, "All dead jobs, to retry them. Default: false."),
        new("dry_run", ApiValueKind.Flag, "Only counts. Default: false."),
        new("cursor", ApiValueKind.Text, "Where it goes on: the cursor of the answer before."),
    ];

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Post("/bulk", "Do one thing to many jobs", (HttpContext context) => AnswerAsync(context, api))
            .Takes("""{"action": "retry", "filter": {"status": "failed", "job_type": "send_email"}}""", Members)
            .Says("Up to 5,000 records a call; the cursor, sent again with the same body, goes on until it is null.")
            .Gives(ApiJson.Default.BulkShape, "Operations/bulk");

    private static async Task<JsonHttpResult<BulkShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var body = await RequestBody.ReadAsync(context, api.Options.MaxBodyBytes).ConfigureAwait(false);
        var word = body.RequiredText("action");
        var action = Actions.TryGetValue(word, out var known)
            ? known
            : throw ApiProblemException.Invalid("action", $"'action' is '{Words.Shorten(word)}', and must be one of retry, delete, cancel, run_now.");
        var (dryRun, cursor) = (body.OptionalFlag("dry_run") ?? false, body.OptionalText("cursor"));
        var (ids, filter, all) = (body.OptionalTexts("ids"), body.OptionalObject("filter"), body.OptionalFlag("all") ?? false);
        if ((ids.Count > 0 ? 1 : 0) + (filter is not null ? 1 : 0) + (all ? 1 : 0) != 1)
        {
            throw ApiProblemException.Invalid("filter", "Say which jobs are meant by exactly one of 'filter', 'ids' and 'all': true.");
        }

        var run = new BulkRun(api, action, dryRun);
        return TypedResults.Json(
            ids.Count > 0
                ? await run.RunAsync(ReadIds(ids), context.RequestAborted).ConfigureAwait(false)
                : await run.RunAsync(ReadFilter(filter ?? default, action), cursor, context.RequestAborted).ConfigureAwait(false),
            ApiJson.Default.BulkShape);
    }

    private static List<JobId> ReadIds(IReadOnlyList<string> texts)
    {
        if (texts.Count > MaxIds)
        {
            throw ApiProblemException.Invalid("ids", $"'ids' has {texts.Count} entries, and may have {MaxIds}. Send them in parts, or use a filter.");
        }

        var ids = new HashSet<JobId>();
        foreach (var text in texts)
        {
            ids.Add(JobId.TryParse(text, out var id)
                ? id
                : throw ApiProblemException.Invalid("ids", $"'ids' has '{Words.Shorten(text)}', which is no job id: 32 hex digits, or a UUID with hyphens."));
        }

        return [.. ids];
    }

    private static JobFilter ReadFilter(RequestBody body, BulkAction action)
    {
        var filter = JobFilter.Read(body);
        filter = filter.State is null && (action == BulkAction.Retry || filter.Fingerprint is not null) ? filter with { State = JobState.Dead } : filter;
        return filter.State is { } state && BulkRun.Takes(action, state) && (filter.Fingerprint is null || state == JobState.Dead)
            ? filter
            : throw ApiProblemException.Invalid(
                "status",
                $"'filter.status' must be one of {string.Join(", ", BulkRun.StatesOf(action).Select(Words.OfStateApart))} for this action{(filter.Fingerprint is null ? "" : ", and failed with a fingerprint")}.");
    }
}

/// <summary>What was done: how many jobs fit, to how many it was done, to how many it was not and why (the first 20), and where it goes on.</summary>
internal sealed record BulkShape(int Matched, int Done, int Failed, IReadOnlyList<BulkErrorShape> Errors, string? Cursor);

/// <summary>A job to which it was not done.</summary>
internal sealed record BulkErrorShape(string JobId, string Message);
