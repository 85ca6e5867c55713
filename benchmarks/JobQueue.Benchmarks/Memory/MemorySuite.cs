using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Memory;

/// <summary>Bytes: in Redis for a job in each state, allocated for each job by who enqueues it and by who runs it, and resident in a worker over many.</summary>
internal sealed class MemorySuite(BenchServer server, Report report)
{
    private const string Worker = "allocated by the worker";
    private const string Bulk = "allocated by the producer, in bulk";
    private const string Single = "allocated by the producer, one after another";
    private const string Concurrent = "allocated by the producer, 64 callers";
    private const string Growth = "resident in the worker, at the end to after a tenth";
    private const int Callers = 64;

    private int Jobs => report.Options.Pick(200_000, 3_000);

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var server = await BenchServer.StartAsync();
        var report = new Report(options, Machine.Describe(server.Name));
        report.PrintHead();
        var suite = new MemorySuite(server, report);
        await report.RunAsync(
        [
            .. new StoredBytes(server, report).Cases(),
            (Bulk, () => suite.ProducerAsync(Bulk, suite.Jobs, static (jobs, count) => Load.BulkAsync(jobs, count))),
            (Concurrent, () => suite.ProducerAsync(Concurrent, suite.Jobs / 4, static (jobs, count) => Load.ConcurrentlyAsync(jobs, count, Callers))),
            (Single, () => suite.ProducerAsync(Single, options.Pick(5_000, 100), Load.OneByOneAsync)),
            (Worker, suite.WorkerAsync),
        ]);
        if (options.Smoke || options.Long)
        {
            await suite.ManyJobsAsync(options.Pick(5_000_000, 30_000));
        }

        suite.Judge();
        return await report.WriteAsync();
    }

    private void Judge()
    {
        report.Judge("Redis memory per pending job, B", report.Median(StoredBytes.Name(StoredBytes.Pending)), 340, atMost: true);
        report.Judge("Redis memory per pending job with a trace, B", report.Median(StoredBytes.Name(StoredBytes.Traced)), 420, atMost: true);
        report.Judge("Redis memory per completed job, B", report.Median(StoredBytes.Name(StoredBytes.Completed)), 400, atMost: true);
        report.Judge("allocated per job by the worker, B", report.Median(Worker), 1_536, atMost: true);
        report.Judge("allocated per job by the producer, in bulk, B", report.Median(Bulk), 819, atMost: true);
        if (report.Has(Growth))
        {
            report.Judge("resident in the worker, at the end to after a tenth of 5,000,000 jobs", report.Median(Growth), 1.1, atMost: true);
        }
    }

    private async Task ProducerAsync(string name, int count, Func<IJobQueue, int, Task> enqueue)
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        await enqueue(client.Jobs(), count / 10 / Callers * Callers);
        var before = GC.GetTotalAllocatedBytes();
        await enqueue(client.Jobs(), count / Callers * Callers);
        report.Add(name, "B/job", (GC.GetTotalAllocatedBytes() - before) / (double)(count / Callers * Callers));
        await client.StopAsync();
    }

    private async Task WorkerAsync()
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        await Load.BulkAsync(client.Jobs(), Jobs);
        await using var worker = await WorkerProcess.StartAsync(server.ConnectionString);
        var (first, _) = await UntilAsync(Jobs / 3);
        var before = await worker.FiguresAsync();
        var (last, _) = await UntilAsync(Jobs);
        report.Add(Worker, "B/job", ((await worker.FiguresAsync()).Allocated - before.Allocated) / (double)(last - first));
        await client.StopAsync();
    }

    /// <summary>A producer and a worker at once, so that nothing but the worker can grow; once, because it takes minutes.</summary>
    private async Task ManyJobsAsync(int jobs)
    {
        const int Steps = 10;
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        await using var worker = await WorkerProcess.StartAsync(server.ConnectionString);
        var resident = new List<double>();
        for (var step = 1; step <= Steps; step++)
        {
            await Load.BulkAsync(client.Jobs(), jobs / Steps);
            await UntilAsync(jobs / Steps * step);
            resident.Add((await worker.FiguresAsync()).Resident / (1024.0 * 1024));
            report.Add("resident in the worker, each tenth of the jobs", "MiB", resident[^1]);
            await Console.Error.WriteLineAsync($"{report.Options.Suite}: {jobs / Steps * step} jobs done, {resident[^1]:F0} MiB resident in the worker");
        }

        report.Add(Growth, "times", resident[^1] / resident[0]);
        report.PrintNew();
        await client.StopAsync();
    }

    private Task<(long Done, long At)> UntilAsync(int jobs) => Meter.UntilAsync(() => Store.CountCompletedAsync(server.Database), jobs);
}
