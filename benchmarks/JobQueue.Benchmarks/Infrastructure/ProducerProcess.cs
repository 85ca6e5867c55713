using System.Diagnostics;
using System.Globalization;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>A process of its own that enqueues what it is told to, in the words that the peers' scripts know as well.</summary>
internal static class ProducerProcess
{
    public const string Argument = "producer";

    public static async Task<int> RunAsync(string connectionString)
    {
        using var host = await BenchHost.StartClientAsync(connectionString);
        var jobs = host.Jobs();
        await Child.ServeAsync(async question =>
        {
            var count = int.Parse(question[1], CultureInfo.InvariantCulture);
            return Child.Text(question[0] switch
            {
                "bulk" => [await SecondsAsync(() => Load.BulkAsync(jobs, count))],
                "concurrent" => [await SecondsAsync(() => Load.ConcurrentlyAsync(jobs, count, int.Parse(question[2], CultureInfo.InvariantCulture)))],
                "single" => await EachAsync(jobs, count),
                _ => await PacedAsync(jobs, count, int.Parse(question[2], CultureInfo.InvariantCulture)),
            });
        });
        await host.StopAsync();
        return 0;
    }

    /// <summary>Jobs that say when they were sent, each so long after the one before that it is done.</summary>
    public static async Task<double[]> PacedAsync(IJobQueue jobs, int count, int gapMs, string? queue = null)
    {
        for (var i = 0; i < count; i++)
        {
            await jobs.EnqueueAsync(BenchArgs.Handler, BenchArgs.Stamped(), options => options.Queue = queue);
            await Task.Delay(TimeSpan.FromMilliseconds(gapMs), TimeProvider.System);
        }

        return [count];
    }

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<double[]> EachAsync(IJobQueue jobs, int count)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            times[i] = 1_000 * await SecondsAsync(() => jobs.EnqueueAsync(BenchArgs.Handler, BenchArgs.Usual));
        }

        return times;
    }
}
