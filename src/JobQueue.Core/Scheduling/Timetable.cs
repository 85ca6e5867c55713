namespace JobQueue.Scheduling;

/// <summary>The occurrences of a schedule between its bounds. Both bounds may be occurrences themselves.</summary>
internal readonly record struct Timetable(JobSchedule Schedule, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt)
{
    /// <summary>The first occurrence of one that is registered at an instant; of a single time also when that is past.</summary>
    public DateTimeOffset? FirstAt(DateTimeOffset registered)
    {
        if (Schedule.RunAt is { } once)
        {
            return once < StartsAt ? null : Within(once);
        }

        if (Schedule.Interval is { } interval)
        {
            return Within(StartsAt is { } start ? NotBefore(start, interval, registered) : registered + interval);
        }

        return Within(Schedule.GetNextOccurrence(StartsAt > registered ? StartsAt.Value.AddTicks(-1) : registered));
    }

    /// <summary>The first occurrence from an instant on, of one that has come to <paramref name="last"/> before: an interval keeps its pace.</summary>
    public DateTimeOffset? FirstAt(DateTimeOffset now, DateTimeOffset? last)
    {
        if (last is null || (Schedule.RunAt is null && StartsAt is not null))
        {
            return FirstAt(now);
        }

        return Schedule.Interval is { } interval ? Within(NotBefore(last.Value + interval, interval, now))
            : Schedule.RunAt <= last ? null
            : FirstAt(now);
    }

    public DateTimeOffset? After(DateTimeOffset occurrence) => Within(Schedule.GetNextOccurrence(occurrence));

    /// <summary>The latest occurrences from the one that is due until an instant, oldest first. The work does not grow with how long ago it was due.</summary>
    public List<DateTimeOffset> Passed(DateTimeOffset due, DateTimeOffset now, int most)
    {
        var end = EndsAt < now ? EndsAt.Value : now;
        if (Schedule.Interval is { } interval)
        {
            return PassedAtPace(due, end, interval, most);
        }

        var passed = Schedule.RunAt is null ? PassedByClock(due, end, most) : [];
        if (passed.Count == 0)
        {
            passed.Add(due); // The only one, or one of a time zone that has changed since.
        }

        return passed;
    }

    private static DateTimeOffset NotBefore(DateTimeOffset first, TimeSpan interval, DateTimeOffset instant)
    {
        var behind = (instant - first).Ticks;
        return behind <= 0 ? first : first.AddTicks((behind + interval.Ticks - 1) / interval.Ticks * interval.Ticks);
    }

    private static List<DateTimeOffset> PassedAtPace(DateTimeOffset due, DateTimeOffset end, TimeSpan interval, int most)
    {
        var steps = Math.Max(0, (end - due).Ticks / interval.Ticks);
        var passed = new List<DateTimeOffset>();
        for (var step = Math.Max(0, steps - most + 1); step <= steps; step++)
        {
            passed.Add(due.AddTicks(step * interval.Ticks));
        }

        return passed;
    }

    /// <summary>Looks back from the end, twice as far each time, until enough were found.</summary>
    private List<DateTimeOffset> PassedByClock(DateTimeOffset due, DateTimeOffset end, int most)
    {
        var passed = new List<DateTimeOffset>();
        for (var window = TimeSpan.FromSeconds(1); ; window *= 2)
        {
            var isWhole = end - due <= window;
            var from = isWhole ? due : end - window;
            passed.Clear();
            for (var next = Schedule.GetNextOccurrence(from.AddTicks(-1)); next is { } occurrence && occurrence <= end; next = Schedule.GetNextOccurrence(occurrence))
            {
                passed.Add(occurrence);
            }

            if (isWhole || passed.Count >= most)
            {
                passed.RemoveRange(0, Math.Max(0, passed.Count - most));
                return passed;
            }
        }
    }

    private DateTimeOffset? Within(DateTimeOffset? occurrence) => occurrence > EndsAt ? null : occurrence;
}
