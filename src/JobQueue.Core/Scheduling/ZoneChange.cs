namespace JobQueue.Scheduling;

/// <summary>
/// A change of a zone's offset near a local time. Local times around it exist twice when the clock went back, and not at all
/// when it went forward.
/// </summary>
internal readonly record struct ZoneChange(DateTime At, TimeSpan Before, TimeSpan After)
{
    // Offsets are between -14 h and +14 h, so the instant of a local time lies in this window around it.
    private static readonly TimeSpan Reach = TimeSpan.FromHours(15);

    /// <summary>Where the local times begin that exist twice, or not at all.</summary>
    public DateTime Start => DateTime.SpecifyKind(At, DateTimeKind.Unspecified) + (Before > After ? After : Before);

    /// <summary>Where they end.</summary>
    public DateTime End => DateTime.SpecifyKind(At, DateTimeKind.Unspecified) + (Before > After ? Before : After);

    public bool IsTwice(DateTime local) => Before > After && local >= Start && local < End;

    public bool IsSkipped(DateTime local) => Before < After && local >= Start && local < End;

    /// <summary>The change near a local time, if there is one.</summary>
    public static ZoneChange? Near(TimeZoneInfo zone, DateTime local)
    {
        var ticks = local.Ticks;
        var low = new DateTime(Math.Max(ticks - Reach.Ticks, 0), DateTimeKind.Utc);
        var high = new DateTime(Math.Min(ticks + Reach.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
        var (before, after) = (zone.GetUtcOffset(low), zone.GetUtcOffset(high));
        if (before == after)
        {
            return null;
        }

        var (from, to) = (low.Ticks / TimeSpan.TicksPerSecond, high.Ticks / TimeSpan.TicksPerSecond);
        while (to - from > 1)
        {
            var middle = from + ((to - from) / 2);
            if (zone.GetUtcOffset(new DateTime(middle * TimeSpan.TicksPerSecond, DateTimeKind.Utc)) == before)
            {
                from = middle;
            }
            else
            {
                to = middle;
            }
        }

        return new ZoneChange(new DateTime(to * TimeSpan.TicksPerSecond, DateTimeKind.Utc), before, after);
    }
}
