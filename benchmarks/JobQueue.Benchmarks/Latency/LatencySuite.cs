using System.Diagnostics;
using JobQueue.Benchmarks.Floor;
using JobQueue.Benchmarks.Infrastructure;
using JobQueue.Benchmarks.Recurring;

namespace JobQueue.Benchmarks.Latency;

/// <summary>How long one caller waits for one enqueue, and one job for a worker that has nothing to do; beside bare round trips of the same client.</summary>
internal sealed class LatencySuite(BenchServer server, Report report)
{
    private const string Enqueue = "enqueue one";
    private const string Beside = "PING beside it";
    private const string PickUp = "pick-up on an idle worker";
    private const string Paced = "PING at the pace of the pick-ups";
    private const int GapMs = 10;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var server = await BenchServer.StartAsync();
        var report = new Report(options, Machine.Describe(server.Name));
        report.PrintHead();
        var suite = new LatencySuite(server, report);
        var floor = new FloorSuite(server, report, await SampleRecords.TakeAsync(server));
        var lateness = new Lateness(server, report);
        await report.RunAsync(
            (Enqueue, suite.EnqueueAsync),
            ("PING", floor.PingAsync),
            (Paced, suite.PingAsync),
            (PickUp, suite.PickUpAsync),
            (Lateness.Recurring, lateness.RecurringAsync),
            (Lateness.Delayed, lateness.DelayedAsync));
        suite.Judge();
        return await report.WriteAsync();
    }

    private void Judge()
    {
        report.Judge("enqueue one, p50 to PING", report.Ratio("enqueue one, p50, to PING", Enqueue + ", p50", Beside + ", p50"), 1.5, atMost: true);
        report.Judge("enqueue one, p99 to PING", report.Ratio("enqueue one, p99, to PING", Enqueue + ", p99", Beside + ", p99"), 2, atMost: true);
        report.Judge("pick-up p50 to PING", report.Ratio("pick-up, p50, to PING", PickUp + ", p50", "PING, p50"), 3, atMost: true);
        report.Ratio("pick-up, p50, to PING at its pace", PickUp + ", p50", Paced + ", p50");
        report.Judge("a delayed job's lateness, p99, ms", report.Median(Lateness.Late(Lateness.Delayed, "p99")), 5, atMost: true);
        report.Judge("an occurrence's lateness, p99, ms", report.Median(Lateness.Late(Lateness.Recurring, "p99")), 5, atMost: true);
    }

    /// <summary>One enqueue, one PING, in turns: what disturbs the machine hits both.</summary>
    private async Task EnqueueAsync()
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        var (jobs, database, count) = (client.Jobs(), server.Database, report.Options.Pick(5_000, 100));
        var (enqueues, pings) = (new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await jobs.EnqueueAsync(BenchArgs.Handler, BenchArgs.Usual);
            enqueues[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            began = Stopwatch.GetTimestamp();
            await database.PingAsync();
            pings[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        await client.StopAsync();
        Add(Enqueue, enqueues);
        Add(Beside, pings);
    }

    /// <summary>One after another all threads are awake; between two that have a pause all have gone to sleep, as they have for a pick-up.</summary>
    private async Task PingAsync()
    {
        var trips = new double[report.Options.Pick(400, 20)];
        for (var i = 0; i < trips.Length; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(GapMs), TimeProvider.System);
            var began = Stopwatch.GetTimestamp();
            await server.Database.PingAsync();
            trips[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        Add(Paced, trips);
    }

    private async Task PickUpAsync()
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        await using var worker = await WorkerProcess.StartAsync(server.ConnectionString);
        var count = report.Options.Pick(1_200, 20);
        await ProducerProcess.PacedAsync(client.Jobs(), count, GapMs);
        await Meter.UntilAsync(() => Store.CountCompletedAsync(server.Database), count);
        Add(PickUp, [.. (await worker.LatenciesAsync()).Skip(count / 2)]); // The first half is for compilers, as in a drain.
        await client.StopAsync();
    }

    private void Add(string name, double[] times)
    {
        report.Add(name + ", p50", "ms", Quantile.Of(times, 0.5));
        report.Add(name + ", p99", "ms", Quantile.Of(times, 0.99));
    }
}
