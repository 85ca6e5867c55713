using System.Globalization;
using JobQueue.Benchmarks.Infrastructure;
using Microsoft.Extensions.Hosting;

namespace JobQueue.Benchmarks.Growth;

/// <summary>Whether speed and memory stay: with more jobs that wait, more queues, larger arguments, and many jobs that become due at once.</summary>
internal sealed class GrowthSuite(BenchServer server, Report report)
{
    private const int GapMs = 10;

    /// <summary>What the budgets are about.</summary>
    private int Many => report.Options.Pick(1_000_000, 5_000);

    /// <summary>Each of them passes a number of keys, 2^19, 2^20 or 2^21, while <see cref="Jobs"/> are added, at which Redis moves its keys to a table of twice the size.</summary>
    private int[] Backlogs => report.Options.Smoke ? [0, Many] : [0, 1_000, 10_000, 100_000, Many, 1_500_000, .. report.Options.Long ? (int[])[5_000_000] : []];

    private int[] Queues => report.Options.Smoke ? [1, 20] : [1, 10, 100, 1_000];

    private int[] Sizes => report.Options.Smoke ? [100, 10_000] : [100, 1_000, 10_000, 100_000];

    /// <summary>So many that retention removes as many as are done while the second half of them is.</summary>
    private int Jobs => report.Options.Pick(1_000_000, 3_000);

    /// <summary>For what is measured without retention.</summary>
    private int Fewer => report.Options.Pick(100_000, 1_000);

    /// <summary>After so many jobs compilers are done with a worker, and retention has begun.</summary>
    private int WarmUp => report.Options.Pick(800_000, 1_000);

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var server = await BenchServer.StartAsync();
        var report = new Report(options, Machine.Describe(server.Name));
        report.PrintHead();
        var suite = new GrowthSuite(server, report);
        var promotion = new Promotion(server, report);
        await report.RunAsync(
        [
            .. Each("waiting", suite.Backlogs, suite.BacklogAsync),
            .. Each("queues", suite.Queues, suite.QueuesAsync),
            .. Each("bytes", suite.Sizes, suite.SizeAsync),
            .. Each("queues, each fetch", suite.Queues, suite.FetchAsync),
            .. Each("served queues", suite.Served, suite.LastQueueAsync),
            (Promotion.Rate, promotion.MeasureAsync),
        ]);
        suite.Judge();
        promotion.Judge();
        return await report.WriteAsync();
    }

    private int[] Served => report.Options.Smoke ? [1, 10] : [1, 100];

    private static IEnumerable<(string Name, Func<Task> Measure)> Each(string what, int[] steps, Func<int, Task> measure)
        => steps.Select(step => ($"{Number(step)} {what}", (Func<Task>)(() => measure(step))));

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private void Judge()
    {
        foreach (var what in (string[])["drain", "enqueue in bulk"])
        {
            var name = $"{what}, {{0}} waiting";
            var ratio = report.Ratio($"{what}, {Number(Many)} waiting to none", Format(name, Many), Format(name, 0));
            report.Judge($"{what} with {Number(Many)} waiting to none", ratio, 0.9, atMost: false);
        }

        var last = report.Ratio($"pick-up from the last of {Number(Served[^1])} queues to one", PickUp(Served[^1]), PickUp(1));
        report.Judge("a fetch whose only job is in the last of 100 queues to one queue", last, 2, atMost: true);
    }

    private static string Format(string name, int number) => string.Format(CultureInfo.InvariantCulture, name, Number(number));

    private static string PickUp(int queues) => $"pick-up, {Number(queues)} queues served, p50";

    /// <summary>More waits than is drained or added while it is measured.</summary>
    private async Task BacklogAsync(int waiting)
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        await using var worker = await StartWarmAsync(client);
        await client.Monitor().PauseAsync("default");
        await Load.BulkAsync(client.Jobs(), waiting);
        var enqueue = await Meter.TimeAsync(server, Jobs, () => Load.BulkAsync(client.Jobs(), Jobs));
        await client.Monitor().ResumeAsync("default");
        Add("drain", $"{Number(waiting)} waiting", await DrainWarmAsync(Jobs));
        Add("enqueue in bulk", $"{Number(waiting)} waiting", enqueue);
        await client.StopAsync();
    }

    private async Task QueuesAsync(int queues)
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        await using var worker = await StartWarmAsync(client);
        await ForEachAsync(queues, client.Monitor().PauseAsync);
        await Load.BulkAsync(client.Jobs(), Jobs, queues: queues);
        await ForEachAsync(queues, client.Monitor().ResumeAsync);
        Add("drain", $"of {Number(queues)} queues", await DrainWarmAsync(Jobs));
        await client.StopAsync();
    }

    /// <summary>The fetches alone, by the time that the server says each took, while all queues have jobs.</summary>
    private async Task FetchAsync(int queues)
    {
        await server.EmptyAsync();
        var jobs = Fewer / 2;
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        await Load.BulkAsync(client.Jobs(), jobs, queues: queues);
        var tally = await ScriptTally.TakeAsync(server, async () =>
        {
            await using var worker = await WorkerProcess.StartAsync(server.ConnectionString);
            await Meter.UntilAsync(() => Store.CountCompletedAsync(server.Database), jobs);
        });
        report.Add($"a fetch, of {Number(queues)} queues", "µs", tally.Of("fetch").Median);
        report.Add($"fetches for a job, of {Number(queues)} queues", "/job", tally.Of("fetch").Calls / jobs);
        report.Add($"all fetches for a job, of {Number(queues)} queues", "µs/job", tally.Of("fetch").Total / jobs);
        await client.StopAsync();
    }

    private async Task SizeAsync(int bytes)
    {
        await server.EmptyAsync();
        var jobs = Math.Min(Fewer, 400_000_000 / bytes / 2);
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        var before = await server.MemoryAsync();
        var enqueue = await Meter.TimeAsync(server, jobs, () => Load.BulkAsync(client.Jobs(), jobs, BenchArgs.OfSize(bytes)));
        report.Add($"Redis memory, {Number(bytes)} bytes", "B/job", (await server.MemoryAsync() - before) / jobs);
        await using var worker = await WorkerProcess.StartAsync(server.ConnectionString);
        Add("enqueue in bulk", $"{Number(bytes)} bytes", enqueue);
        Add("drain", $"{Number(bytes)} bytes", await Meter.DrainAsync(server, jobs, () => Store.CountCompletedAsync(server.Database)));
        await client.StopAsync();
    }

    /// <summary>A worker that serves so many queues by name; all but the last are empty.</summary>
    private async Task LastQueueAsync(int queues)
    {
        await server.EmptyAsync();
        await using var worker = await WorkerProcess.StartAsync(server.ConnectionString, new WorkerKind(queues));
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        var count = report.Options.Pick(400, 20);
        await ProducerProcess.PacedAsync(client.Jobs(), count, GapMs, Load.Queue(queues - 1));
        await Meter.UntilAsync(() => Store.CountCompletedAsync(server.Database), count);
        report.Add(PickUp(queues), "ms", Quantile.Of((await worker.LatenciesAsync()).Skip(count / 4), 0.5));
        await client.StopAsync();
    }

    private static async Task ForEachAsync(int queues, Func<string, CancellationToken, Task<bool>> change)
    {
        for (var queue = 0; queue < queues; queue++)
        {
            await change(Load.Queue(queue), CancellationToken.None);
        }
    }

    /// <summary>A worker that is at full speed, in a store that has what retention keeps.</summary>
    private async Task<WorkerProcess> StartWarmAsync(IHost client)
    {
        var worker = await WorkerProcess.StartAsync(server.ConnectionString);
        await Load.BulkAsync(client.Jobs(), WarmUp);
        await Meter.UntilAsync(() => Store.CountCompletedAsync(server.Database), WarmUp);
        await Store.WaitForRetentionAsync(server.Database);
        return worker;
    }

    /// <summary>From when half of the jobs are done, as every drain; those of the warm-up do not count.</summary>
    private Task<Speed> DrainWarmAsync(int jobs)
        => Meter.DrainAsync(server, jobs, async () => await Store.CountCompletedAsync(server.Database) - WarmUp);

    private void Add(string what, string when, Speed speed)
    {
        report.Add($"{what}, {when}", "jobs/s", speed.PerSecond);
        report.Add($"{what}, {when}, Redis CPU", "µs/job", speed.RedisMicroseconds);
    }
}
