using System.Diagnostics;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>How many a second, and what each cost the server.</summary>
internal sealed record Speed(double PerSecond, double RedisMicroseconds);

/// <summary>Measures speeds.</summary>
internal static class Meter
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<Speed> TimeAsync(BenchServer server, int count, Func<Task> work)
    {
        var cpu = await server.CpuAsync();
        var clock = Stopwatch.StartNew();
        await work();
        var seconds = clock.Elapsed.TotalSeconds;
        return new Speed(count / seconds, (await server.CpuAsync() - cpu) * 1e6 / count);
    }

    /// <summary>
    /// How fast jobs are done, from when a third of them is: before that, processes start and compilers are at work, of whatever
    /// library. The same for every one of them: only how the done ones are counted differs.
    /// </summary>
    public static async Task<Speed> DrainAsync(BenchServer server, int jobs, Func<Task<long>> countDone)
    {
        var (first, began) = await UntilAsync(countDone, jobs / 3);
        var cpu = await server.CpuAsync();
        var (last, ended) = await UntilAsync(countDone, jobs);
        var done = last - first;
        return new Speed(done / Stopwatch.GetElapsedTime(began, ended).TotalSeconds, (await server.CpuAsync() - cpu) * 1e6 / done);
    }

    /// <returns>How many are done, and when that was known.</returns>
    public static async Task<(long Done, long At)> UntilAsync(Func<Task<long>> countDone, long enough)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var done = await countDone();
            if (done >= enough)
            {
                return (done, Stopwatch.GetTimestamp());
            }

            if (clock.Elapsed > Patience)
            {
                throw new InvalidOperationException($"After {Patience} only {done} of {enough} jobs are done.");
            }

            await Task.Delay(Pace, TimeProvider.System);
        }
    }
}
