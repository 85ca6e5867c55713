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

    /// <summary>The group of dead jobs that is wanted; null for any job.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Whether every job of the list, or of the group, is wanted.</summary>
    public bool TakesAll => (Name, Priority, Queue, Tag, CreatedAfter, CreatedBefore) is (null, null, null, null, null, null);

    /// <summary>Reads a filter from the words behind the question mark.</summary>
    public static JobFilter Read(HttpContext context) => Read(name => Query.Text(context, name));

    /// <summary>Reads a filter from a member of a body.</summary>
    public static JobFilter Read(RequestBody filter) => Read(filter.OptionalText);

    private static JobFilter Read(Func<string, string?> text) => new()
    {
        State = ReadState(text("status")),
        Name = text("job_type"),
        Priority = Words.ReadPriority("priority", text("priority")),
        Queue = text("queue"),
        Tag = text("tag"),
        CreatedAfter = ReadTime("created_after", text("created_after")),
        CreatedBefore = ReadTime("created_before", text("created_before")),
        Fingerprint = text("fingerprint"),
    };

    public bool Takes(Job job) => (Name is null || job.Name == Name)
        && (Priority is null || job.Priority == Priority)
        && (Queue is null || job.Queue == Queue)
        && (Tag is null || job.Tags.Contains(Tag))
        && !(job.CreatedAt < CreatedAfter)
        && !(job.CreatedAt > CreatedBefore);

    private static JobState? ReadState(string? word) => word is null ? null
        : Words.TryParseState(word, out var state) ? state
        : throw ApiProblemException.Invalid(
            "status", $"'status' is '{Words.Shorten(word)}', and must be one of pending, scheduled, running, retrying, completed, failed, cancelled.");

    private static DateTimeOffset? ReadTime(string name, string? text) => text is null ? null
        : ApiTime.TryParse(text, out var time) ? time
        : throw ApiProblemException.Invalid(name, $"'{name}' is '{Words.Shorten(text)}', and must be an ISO 8601 time such as 2026-01-31T08:00:00Z.");
}
