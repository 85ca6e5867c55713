using System.Diagnostics.CodeAnalysis;
using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>GET /recurring: the recurring jobs with their timetables in words, their next occurrences, and how their last jobs ended.</summary>
internal static class RecurringListView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/recurring", "The recurring jobs with their timetables in words", (HttpContext context) => AnswerAsync(context, api))
            .Gives(ApiJson.Default.RecurringListShape, "Operations/recurring");

    private static async Task<JsonHttpResult<RecurringListShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var jobs = await api.Scheduler.ListAsync(context.RequestAborted).ConfigureAwait(false);
        var shapes = new List<RecurringShape>(jobs.Count);
        foreach (var part in jobs.Chunk(100))
        {
            // Side by side, so that their reads share round trips.
            shapes.AddRange(await Task.WhenAll(part.Select(job => DescribeAsync(job, api, context.RequestAborted))).ConfigureAwait(false));
        }

        return TypedResults.Json(new RecurringListShape(shapes), ApiJson.Default.RecurringListShape);
    }

    private static async Task<RecurringShape> DescribeAsync(RecurringJob job, ApiServices api, CancellationToken cancellationToken)
    {
        var last = job.LastJobId is { } id ? await api.Jobs.GetAsync(id, cancellationToken).ConfigureAwait(false) : null;
        return new RecurringShape(TaskShape.Of(job, api.Redactor))
        {
            Description = job.Schedule?.Describe(),
            Problem = job.Problem,
            NextRuns = job.GetNextRuns(RecurringShape.NextShown),
            LastState = last is null ? null : Words.OfStateApart(last.State),
            LastError = last is null ? null : api.Redactor.Error(last, last.Error),
        };
    }
}

/// <summary>The recurring jobs by name.</summary>
internal sealed record RecurringListShape(IReadOnlyList<RecurringShape> Jobs);

/// <summary>A recurring job as the job service contract writes it, and more for people.</summary>
internal sealed record RecurringShape : TaskShape
{
    public const int NextShown = 5;

    [SetsRequiredMembers]
    public RecurringShape(TaskShape task)
        : base(task)
    {
    }

    /// <summary>The timetable in words; null when it can't be read.</summary>
    public string? Description { get; init; }

    /// <summary>Why it does not fire; null when it does.</summary>
    public string? Problem { get; init; }

    public IReadOnlyList<DateTimeOffset> NextRuns { get; init; } = [];

    /// <summary>What has become of the last job; null when there is none, or it is not kept any more.</summary>
    public string? LastState { get; init; }

    public string? LastError { get; init; }
}
