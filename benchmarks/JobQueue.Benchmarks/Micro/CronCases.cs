using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Micro;

/// <summary>
/// What the next occurrence of a cron expression costs, beside the least that any calculation by a zone's clock costs: to turn one instant into local
/// time. The target is no allocation.
/// </summary>
internal sealed class CronCases(Report report)
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>From the most frequent to one that has to look for years.</summary>
    private static readonly (string Expression, string Zone)[] Expressions =
    [
        ("* * * * * *", "UTC"),
        ("*/5 * * * *", "UTC"),
        ("0 8 * * *", "Europe/Berlin"),
        ("*/15 9-17 * * MON-FRI", "America/New_York"),
        ("30 2 * * SUN", "Europe/Berlin"),
        ("0 0 LW * *", "UTC"),
        ("0 9 ? * MON#1", "Europe/Berlin"),
        ("0 12 29 2 *", "UTC"),
    ];

    private readonly int _calls = Calls.Count(report);

    /// <summary>Bytes that calls have allocated in all.</summary>
    public double Allocated { get; private set; }

    public IEnumerable<(string Name, Func<Task> Measure)> Cases() => Expressions.Select(one => ($"next of '{one.Expression}' in {one.Zone}", (Func<Task>)(() =>
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(one.Zone);
        var cron = CronExpression.Parse(one.Expression, one.Expression.Split(' ').Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
        Allocated += Calls.Add(report, $"next of '{one.Expression}' in {one.Zone}", () => Walk(cron, zone), () => Convert(zone));
        return Task.CompletedTask;
    })));

    /// <summary>From occurrence to occurrence, for two centuries at most, so that all seasons are met.</summary>
    private void Walk(CronExpression cron, TimeZoneInfo zone)
    {
        var from = From;
        for (var call = 0; call < _calls; call++)
        {
            from = cron.GetNextOccurrence(from, zone) is { Year: < 2200 } next ? next : From;
        }
    }

    private void Convert(TimeZoneInfo zone)
    {
        var instant = From;
        for (var call = 0; call < _calls; call++)
        {
            instant = instant.AddTicks((TimeZoneInfo.ConvertTime(instant, zone).Ticks & 1) + TimeSpan.TicksPerHour);
        }
    }
}
