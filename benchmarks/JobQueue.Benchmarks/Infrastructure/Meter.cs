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
    /// How fast jobs are done, from when half of them is: before that, processes start, compilers are at work, and what is done has not
    /// begun to be removed, of whatever library. The same for every one of them: only how the done ones are counted differs, and how many
    /// there are to be for that. The server's time is that of all jobs.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="jobs">How many wait.</param>
    /// <param name="countDone">Counts those that are done.</param>
    /// <param name="clearUp">Waits until nothing more is to be done for them; the server's time until then is in its figure.</param>
    public static async Task<Speed> DrainAsync(BenchServer server, int jobs, Func<Task<long>> countDone, Func<Task>? clearUp = null)
    {
        var cpu = await server.CpuAsync();
        var (first, began) = await UntilAsync(countDone, jobs / 2);
        var (last, ended) = await UntilAsync(countDone, jobs);
        if (clearUp is not null)
        {
            await clearUp();
        }

        return new Speed((last - first) / Stopwatch.GetElapsedTime(began, ended).TotalSeconds, (await server.CpuAsync() - cpu) * 1e6 / last);
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
