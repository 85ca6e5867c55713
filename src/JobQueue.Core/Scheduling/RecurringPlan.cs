using System.Globalization;
using JobQueue.Redis;

namespace JobQueue.Scheduling;

/// <summary>What is to become of a recurring job, from how it was read. Pure: all times are the server's.</summary>
internal static class RecurringPlan
{
    /// <summary>An occurrence that is later than this is missed.</summary>
    private static readonly TimeSpan MissedAfter = TimeSpan.FromMinutes(1);

    /// <summary>How to store a definition in the place of what was read.</summary>
    public static RecurringPut Put(RecurringRow row, RecurringDefinition definition, long now)
    {
        var old = row.Definition.Length == 0 ? null : RecurringDefinitionJson.TryRead(row.Definition);
        var keepsPace = row.Due is not null && old?.Owner == definition.Owner && definition.HasTimetableOf(old);
        return new RecurringPut(
            row.Name,
            row.Definition,
            RecurringDefinitionJson.Write(definition),
            definition.Owner,
            keepsPace ? PutRecurringScript.Keep : ToDue(First(row, definition, now)),
            definition.IsEnabled);
    }

    /// <summary>When one that is switched on fires next, as the script takes it.</summary>
    public static string SwitchedOn(RecurringRow row, RecurringDefinition definition, long now)
        => row.Due is not null ? PutRecurringScript.Keep : ToDue(First(row, definition, now));

    /// <summary>The next occurrence from now on; null when it has come to its end.</summary>
    public static DateTimeOffset? First(RecurringRow row, RecurringDefinition definition, long now)
        => definition.Timetable?.FirstAt(ToTime(now), RecurringState.TryParse(row.State)?.Occurrence is { } last ? ToTime(last) : null);

    /// <summary>What fires of one that is due. What does not go in one call stays due: the first that is left is the next.</summary>
    public static DueOccurrences Fire(RecurringDefinition definition, Timetable timetable, long due, long now)
    {
        var most = definition.Misfire == MisfirePolicy.CatchUp ? definition.MaxCatchUp : 1;
        var passed = timetable.Passed(ToTime(due), ToTime(now), most);
        var latest = passed[^1];
        if (definition.Misfire == MisfirePolicy.Skip && ToTime(now) - latest > MissedAfter)
        {
            passed.Clear();
        }
        else if (definition.Overlap == OverlapPolicy.SkipIfRunning && passed.Count > 1)
        {
            passed.RemoveRange(0, passed.Count - 1); // Each but the last would be running beside the next.
        }

        var room = FireRecurringScript.RoomFor(definition.Args.Length);
        if (passed.Count > room)
        {
            return new DueOccurrences(passed.GetRange(0, room), passed[room - 1], passed[room]);
        }

        return new DueOccurrences(passed, latest, timetable.After(latest));
    }

    /// <summary>
    /// The job of an occurrence: whoever fires it, the same. That it was registered anew under the name makes another one of it.
    /// </summary>
    public static JobId IdOf(string name, RecurringState state, DateTimeOffset occurrence)
        => JobId.FromKey(string.Create(CultureInfo.InvariantCulture, $"recurring:{name}:{state.Created}:{occurrence.ToUnixTimeMilliseconds()}"));

    private static string ToDue(DateTimeOffset? time)
        => time is { } value ? value.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) : PutRecurringScript.None;

    private static DateTimeOffset ToTime(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}

/// <summary>Occurrences that have come.</summary>
/// <param name="Fire">Those that enqueue a job, oldest first.</param>
/// <param name="Latest">The latest that is dealt with, whether or not it enqueues one.</param>
/// <param name="Next">The one after it, which may have come too; null when there is none.</param>
internal readonly record struct DueOccurrences(IReadOnlyList<DateTimeOffset> Fire, DateTimeOffset Latest, DateTimeOffset? Next);
