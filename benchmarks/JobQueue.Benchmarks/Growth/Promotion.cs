using System.Diagnostics;
using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Growth;

/// <summary>
/// 100,000 jobs become due in the same moment, in a queue that is paused, so that only their way into it is measured; and how fast another
/// process enqueues meanwhile, beside how fast it does before.
/// </summary>
internal sealed class Promotion(BenchServer server, Report report)
{
    public const string Rate = "due jobs become pending";
    private const string Alone = "enqueue in bulk, nothing due";
    private const string Meanwhile = "enqueue in bulk, while due jobs become pending";
    private const string Later = "later";
    private const string Scheduled = Store.Root + ":scheduled";
    private const int PartSize = 1_000;

    /// <summary>Long enough to enqueue them all.</summary>
    private TimeSpan Ahead => TimeSpan.FromSeconds(report.Options.Pick(6, 3));

    private int Jobs => report.Options.Pick(100_000, 2_000);

    public async Task MeasureAsync()
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        await client.Monitor().PauseAsync(Later);
        await client.Monitor().PauseAsync("default");
        await using var worker = await WorkerProcess.StartAsync(server.ConnectionString);
        var due = TimeProvider.System.GetUtcNow() + Ahead;
        await Load.BulkAsync(client.Jobs(), Jobs, configure: options => (options.Queue, options.ScheduledAt) = (Later, due));
        var alone = await EnqueueUntilAsync(client.Jobs(), () => TimeProvider.System.GetUtcNow() >= due);
        var began = Stopwatch.GetTimestamp();
        var promoting = PromotedAsync();
        var meanwhile = await EnqueueUntilAsync(client.Jobs(), () => promoting.IsCompleted);
        report.Add(Rate, "jobs/s", Jobs / Stopwatch.GetElapsedTime(began, await promoting).TotalSeconds);
        report.Add(Alone, "jobs/s", alone);
        report.Add(Meanwhile, "jobs/s", meanwhile);
        await client.StopAsync();
    }

    public void Judge()
    {
        report.Judge("due jobs become pending, jobs/s", report.Median(Rate), 100_000, atMost: false);
        report.Judge("enqueue while they do, to before", report.Ratio(Meanwhile + ", to nothing due", Meanwhile, Alone), 0.5, atMost: false);
    }

    private async Task<long> PromotedAsync()
    {
        while (await server.Database.SortedSetLengthAsync(Scheduled) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        return Stopwatch.GetTimestamp();
    }

    private static async Task<double> EnqueueUntilAsync(IJobQueue jobs, Func<bool> isOver)
    {
        var (clock, count) = (Stopwatch.StartNew(), 0);
        do
        {
            await Load.BulkAsync(jobs, PartSize);
            count += PartSize;
        }
        while (!isOver());

        return count / clock.Elapsed.TotalSeconds;
    }
}
