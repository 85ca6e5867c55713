using System.Globalization;
using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Micro;

/// <summary>
/// What the next occurrence of a cron expression costs, beside the least that any calculation by a zone's clock costs: to turn one instant into local
/// time. Taken in turns, in one process. The target is no allocation.
/// </summary>
internal static class MicroSuite
{
    private const int Rounds = 25;
    private const int Calls = 20_000;

    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>From the most frequent to one that has to look for years.</summary>
    private static readonly (string Expression, string Zone)[] Cases =
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

    public static int Run()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"micro, medians of {Rounds} rounds of {Calls} calls:"));
        long allocated = 0;
        foreach (var (expression, zone) in Cases)
        {
            allocated += Measure(expression, TimeZoneInfo.FindSystemTimeZoneById(zone));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"micro: {allocated} bytes allocated in all (target 0)"));
        return allocated == 0 ? 0 : 1;
    }

    private static long Measure(string expression, TimeZoneInfo zone)
    {
        var cron = CronExpression.Parse(expression, expression.Split(' ').Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
        var (ours, least) = (new List<double>(), new List<double>());
        long allocated = 0;
        for (var round = -Rounds; round < Rounds; round++)
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var next = Time(() => Walk(cron, zone));
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            var local = Time(() => Convert(zone));
            if (round >= 0) // The first half is for the compiler.
            {
                ours.Add(next);
                least.Add(local);
                allocated += bytes;
            }
        }

        var (nanoseconds, baseline) = (Median.Of(ours), Median.Of(least));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {expression,-22} {zone.Id,-17} {nanoseconds,6:F0} ns, {(double)allocated / (Rounds * Calls):F0} bytes; one conversion to local time {baseline,4:F0} ns, ratio {nanoseconds / baseline:F1}"));
        return allocated;
    }

    /// <returns>Nanoseconds a call.</returns>
    private static double Time(Action calls)
    {
        var began = TimeProvider.System.GetTimestamp();
        calls();
        return TimeProvider.System.GetElapsedTime(began).TotalNanoseconds / Calls;
    }

    /// <summary>From occurrence to occurrence, for two centuries at most, so that all seasons are met.</summary>
    private static void Walk(CronExpression cron, TimeZoneInfo zone)
    {
        var from = From;
        for (var call = 0; call < Calls; call++)
        {
            from = cron.GetNextOccurrence(from, zone) is { Year: < 2200 } next ? next : From;
        }
    }

    private static void Convert(TimeZoneInfo zone)
    {
        var instant = From;
        for (var call = 0; call < Calls; call++)
        {
            instant = instant.AddTicks((TimeZoneInfo.ConvertTime(instant, zone).Ticks & 1) + TimeSpan.TicksPerHour);
        }
    }
}
