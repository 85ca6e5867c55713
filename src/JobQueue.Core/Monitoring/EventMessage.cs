using System.Globalization;

namespace JobQueue.Monitoring;

/// <summary>
/// A message of <c>P:events</c>: <c>&lt;ms&gt;;&lt;word&gt;:&lt;id&gt;,&lt;id&gt;;&lt;word&gt;:...</c>. What a newer version writes and this one does not know is passed over.
/// </summary>
internal static class EventMessage
{
    private const string Progress = "progress:";

    public static IReadOnlyList<JobEvent> Parse(string message)
    {
        var parts = message.Split(';');
        if (!long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ms) || ms > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return [];
        }

        var at = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        var events = new List<JobEvent>(parts.Length - 1);
        foreach (var part in parts.AsSpan(1))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && TryReadWord(part.AsSpan(0, colon), out var state) && ReadIds(part[(colon + 1)..]) is { Count: > 0 } ids)
            {
                events.Add(new JobEvent { At = at, State = state, JobIds = ids, IsProgress = part.StartsWith(Progress, StringComparison.Ordinal) });
            }
        }

        return events;
    }

    private static List<JobId> ReadIds(string text)
    {
        var ids = new List<JobId>();
        foreach (var id in text.Split(','))
        {
            if (JobId.TryParse(id, out var parsed))
            {
                ids.Add(parsed);
            }
        }

        return ids;
    }

    private static bool TryReadWord(ReadOnlySpan<char> word, out JobState? state)
    {
        state = word switch
        {
            "pending" => JobState.Pending,
            "scheduled" => JobState.Scheduled,
            "running" or "progress" => JobState.Running,
            "retrying" => JobState.Retrying,
            "completed" => JobState.Completed,
            "failed" => JobState.Dead,
            "cancelled" => JobState.Cancelled,
            _ => null,
        };
        return state is not null || word is "deleted";
    }
}
