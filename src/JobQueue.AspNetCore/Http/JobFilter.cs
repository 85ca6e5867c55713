using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.Http;

/// <summary>Which jobs of a list are wanted.</summary>
internal sealed record JobFilter
{
    /// <summary>The list to read; null for the newest enqueued, whatever has become of them.</summary>
    public JobState? State { get; init; }

    private string? Name { get; init; }

    private JobPriority? Priority { get; init; }

    private string? Queue { get; init; }

    private string? Tag { get; init; }

    private DateTimeOffset? CreatedAfter { get; init; }

    private DateTimeOffset? CreatedBefore { get; init; }

    public static JobFilter Read(HttpContext context) => new()
    {
        State = ReadState(context),
        Name = Query.Text(context, "job_type"),
        Priority = Query.Priority(context),
        Queue = Query.Text(context, "queue"),
        Tag = Query.Text(context, "tag"),
        CreatedAfter = ReadTime(context, "created_after"),
        CreatedBefore = ReadTime(context, "created_before"),
    };

    public bool Takes(Job job) => (Name is null || job.Name == Name)
        && (Priority is null || job.Priority == Priority)
        && (Queue is null || job.Queue == Queue)
        && (Tag is null || job.Tags.Contains(Tag))
        && !(job.CreatedAt < CreatedAfter)
        && !(job.CreatedAt > CreatedBefore);

    private static JobState? ReadState(HttpContext context)
    {
        if (Query.Text(context, "status") is not { } word)
        {
            return null;
        }

        return Words.TryParseState(word, out var state)
            ? state
            : throw ApiProblemException.Invalid(
                "status", $"'status' is '{Words.Shorten(word)}', and must be one of pending, scheduled, running, retrying, completed, failed, cancelled.");
    }

    private static DateTimeOffset? ReadTime(HttpContext context, string name) => Query.Text(context, name) is not { } text ? null
        : ApiTime.TryParse(text, out var time) ? time
        : throw ApiProblemException.Invalid(name, $"'{name}' is '{Words.Shorten(text)}', and must be an ISO 8601 time such as 2026-01-31T08:00:00Z.");
}
