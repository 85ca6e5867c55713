using JobQueue.Benchmarks.Floor;
using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Throughput;

/// <summary>How many jobs a second go in, are done, and both at once; what each costs Redis; and what a log on disk costs.</summary>
internal sealed class ThroughputSuite(BenchServer server, Report report)
{
    private const string Bulk = "enqueue in bulk";
    private const string Drain = "drain, one process";
    private const string Synced = "drain, appendfsync everysec";
    private const string Safe = "drain, appendfsync always";
    private const string Flushes = "flushes of the disk";
    private const string Cpu = ", Redis CPU";
    private const int Callers = 64;

    private int Enqueued => report.Options.Pick(500_000, 3_000);

    /// <summary>Half of them take longer than the compilers work, and than retention waits.</summary>
    private int Drained => report.Options.Pick(2_000_000, 3_000);

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var server = await BenchServer.StartAsync();
        var report = new Report(options, Machine.Describe(server.Name));
        report.PrintHead();
        var suite = new ThroughputSuite(server, report);
        var floor = new FloorSuite(server, report, await SampleRecords.TakeAsync(server));
        await report.RunAsync(
            ("enqueue, one after another", suite.EnqueueSingleAsync),
            ($"enqueue, {Callers} callers", suite.EnqueueConcurrentAsync),
            (Bulk, suite.EnqueueBulkAsync),
            (FloorSuite.Drain, floor.DrainAsync),
            (Drain, () => suite.DrainAsync(Drain, 1)),
            ("drain, two processes", () => suite.DrainAsync("drain, two processes", 2)),
            ("enqueue and drain at once", suite.LifeCycleAsync),
            (Synced, () => suite.DrainWithLogAsync(Synced, "everysec")),
            (Safe, () => suite.DrainWithLogAsync(Safe, "always")));
        suite.Judge();
        return await report.WriteAsync();
    }

    private void Judge()
    {
        report.Judge("drain to floor", report.Ratio("drain, one process, to bare commands", Drain, FloorSuite.Drain), 0.6, atMost: false);
        report.Judge("Redis CPU per job, enqueue in bulk to completion, µs", report.Median(Bulk + Cpu) + report.Median(Drain + Cpu), 15, atMost: true);
        report.Judge("drain with everysec to without a log", report.Ratio("drain with everysec to without", Synced, Drain), 0.8, atMost: false);
        var least = Math.Min(report.Median(Flushes) * 100, report.Median(Drain) * 0.5);
        report.Judge("drain with always, jobs/s", report.Median(Safe), least, atMost: false);
    }

    private Task EnqueueSingleAsync()
        => EnqueueAsync("enqueue, one after another", report.Options.Pick(5_000, 100), Load.OneByOneAsync);

    private Task EnqueueConcurrentAsync()
        => EnqueueAsync($"enqueue, {Callers} callers", report.Options.Pick(2_000, 20) * Callers, static (jobs, count) => Load.ConcurrentlyAsync(jobs, count, Callers));

    private Task EnqueueBulkAsync() => EnqueueAsync(Bulk, Enqueued, static (jobs, count) => Load.BulkAsync(jobs, count));

    private async Task EnqueueAsync(string name, int count, Func<IJobQueue, int, Task> enqueue)
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        var speed = await Meter.TimeAsync(server, count, () => enqueue(client.Jobs(), count));
        await client.StopAsync();
        Add(name, speed);
    }

    private async Task DrainAsync(string name, int processes) => Add(name, await DrainCase.MeasureAsync(server, Drained, processes));

    /// <summary>A producer and a worker of one process each, until everything that was enqueued is done.</summary>
    private async Task LifeCycleAsync()
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        await using var worker = await WorkerProcess.StartAsync(server.ConnectionString);
        var producing = Load.BulkAsync(client.Jobs(), Drained);
        Add("enqueue and drain at once", await Meter.DrainAsync(
            server, Drained, () => Store.CountCompletedAsync(server.Database), () => Store.WaitForRetentionAsync(server.Database)));
        await producing;
        await client.StopAsync();
    }

    private async Task DrainWithLogAsync(string name, string fsync)
    {
        report.Add(Flushes, "/s", Disk.FlushesPerSecond(await server.DirectoryAsync()));
        await server.EmptyAsync();
        await server.LogToDiskAsync(fsync);
        try
        {
            Add(name, await DrainCase.MeasureAsync(server, Drained, processes: 1));
        }
        finally
        {
            await server.LogToDiskAsync(fsync: null);
        }
    }

    private void Add(string name, Speed speed)
    {
        report.Add(name, "jobs/s", speed.PerSecond);
        report.Add(name + Cpu, "µs/job", speed.RedisMicroseconds);
    }
}
