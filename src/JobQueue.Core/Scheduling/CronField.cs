namespace JobQueue.Scheduling;

/// <summary>One field of a cron expression: its range and the names of its values.</summary>
/// <param name="Name">For people.</param>
/// <param name="First">Its smallest value.</param>
/// <param name="Last">Its largest value.</param>
/// <param name="Names">Three letters each, from <paramref name="First"/> on; empty for none.</param>
/// <param name="Allowed">What may stand there, for people.</param>
/// <param name="IsTimeOfDay">Whether a range, a step or a star in it makes the expression one that recurs within the day.</param>
internal sealed record CronField(string Name, int First, int Last, string Names, string Allowed, bool IsTimeOfDay)
{
    private const string Forms = "with *, ranges (a-b), steps (/n) and lists";

    public static CronField Seconds { get; } = new("second", 0, 59, "", $"0 to 59, {Forms}", true);

    public static CronField Minutes { get; } = new("minute", 0, 59, "", $"0 to 59, {Forms}", true);

    public static CronField Hours { get; } = new("hour", 0, 23, "", $"0 to 23, {Forms}", true);

    public static CronField DaysOfMonth { get; } = new("day of month", 1, 31, "", $"1 to 31, {Forms}, ?, L, L-0 to L-30, and W after one day", false);

    public static CronField Months { get; } = new("month", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", $"1 to 12 or JAN to DEC, {Forms}", false);

    public static CronField DaysOfWeek { get; } = new("day of week", 0, 7, "SUNMONTUEWEDTHUFRISATSUN", $"0 to 7 (both ends are Sunday) or SUN to SAT, {Forms}, ?, and L or #1 to #5 after one day", false);

    /// <summary>A bit for each value.</summary>
    public ulong AllBits => (1UL << (Last + 1)) - (1UL << First);

    /// <summary>The values from one to another, every so many; when the second is smaller, round past the end.</summary>
    public ulong Bits(int from, int to, int step)
    {
        var cycle = this == DaysOfWeek ? 7 : Last - First + 1; // Sunday has two numbers.
        if (from > to)
        {
            from = (from - First) % cycle + First;
            to += from > to ? cycle : 0;
        }

        var bits = 0UL;
        for (var value = from; value <= to; value += step)
        {
            bits |= 1UL << (value > Last ? value - cycle : value);
        }

        return bits;
    }
}
