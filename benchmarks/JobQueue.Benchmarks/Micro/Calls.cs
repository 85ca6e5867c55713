using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Micro;

/// <summary>What a call costs, by many in a row on one thread.</summary>
internal static class Calls
{
    public static int Count(Report report) => report.Options.Pick(20_000, 200);

    /// <returns>Nanoseconds and bytes a call.</returns>
    public static (double Nanoseconds, double Bytes) Measure(int count, Action calls)
    {
        for (var warmUp = 0; warmUp < 3; warmUp++)
        {
            calls();
        }

        var (bytes, began) = (GC.GetAllocatedBytesForCurrentThread(), TimeProvider.System.GetTimestamp());
        calls();
        var elapsed = TimeProvider.System.GetElapsedTime(began);
        return (elapsed.TotalNanoseconds / count, (double)(GC.GetAllocatedBytesForCurrentThread() - bytes) / count);
    }

    /// <summary>Adds a part's costs and its ratio to the least, of the same round.</summary>
    public static double Add(Report report, string what, Action part, Action least)
    {
        var count = Count(report);
        var (nanoseconds, bytes) = Measure(count, part);
        var (baseline, baselineBytes) = Measure(count, least);
        report.Add(what, "ns", nanoseconds);
        report.Add(what + ", bytes", "B", bytes);
        report.Add(what + ", the least", "ns", baseline);
        report.Add(what + ", the least, bytes", "B", baselineBytes);
        report.Add(what + ", to the least", "times", nanoseconds / baseline);
        return bytes;
    }
}
