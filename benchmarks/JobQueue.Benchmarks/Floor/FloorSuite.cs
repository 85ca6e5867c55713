using System.Diagnostics;
using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Floor;

/// <summary>What Redis and its client can do on this machine: a round trip, and the commands that move a job, bare.</summary>
internal sealed class FloorSuite(BenchServer server, Report report, SampleRecords records)
{
    public const string Drain = "bare: fetch and complete";

    private int Jobs => report.Options.Pick(200_000, 2_000);

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var server = await BenchServer.StartAsync();
        var report = new Report(options, Machine.Describe(server.Name));
        report.PrintHead();
        var suite = new FloorSuite(server, report, await SampleRecords.TakeAsync(server));
        await report.RunAsync(("PING", suite.PingAsync), ("bare enqueue", suite.EnqueueAsync), (Drain, suite.DrainAsync));
        return await report.WriteAsync();
    }

    public async Task PingAsync()
    {
        var trips = new double[report.Options.Pick(5_000, 100)];
        for (var i = 0; i < trips.Length; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await server.Database.PingAsync();
            trips[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        report.Add("PING, p50", "ms", Quantile.Of(trips, 0.5));
        report.Add("PING, p99", "ms", Quantile.Of(trips, 0.99));
    }

    public async Task EnqueueAsync()
    {
        await server.EmptyAsync();
        var speed = await Meter.TimeAsync(server, Jobs, () => BareCommands.EnqueueAsync(server.Database, Jobs, records.Pending));
        report.Add("bare: enqueue", "jobs/s", speed.PerSecond);
        report.Add("bare: enqueue, Redis CPU", "µs/job", speed.RedisMicroseconds);
    }

    public async Task DrainAsync()
    {
        await server.EmptyAsync();
        await BareCommands.EnqueueAsync(server.Database, Jobs, records.Pending);
        var ids = await BareCommands.WaitingAsync(server.Database);
        var speed = await Meter.TimeAsync(server, Jobs, () => BareCommands.DrainAsync(server.Database, ids, records.Completed));
        report.Add(Drain, "jobs/s", speed.PerSecond);
        report.Add(Drain + ", Redis CPU", "µs/job", speed.RedisMicroseconds);
    }
}
