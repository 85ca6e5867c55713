using System.Diagnostics;
using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Memory;

/// <summary>What Redis has allocated more for a job in each state, everything that belongs to it included, by what its memory grows with many.</summary>
internal sealed class StoredBytes(BenchServer server, Report report)
{
    public const string Pending = "pending";
    public const string Traced = "pending, with a trace";
    public const string Completed = "completed";
    private const int MostRunning = 1_000;

    private int Jobs => report.Options.Pick(100_000, 2_000);

    public static string Name(string state) => "Redis memory: " + state;

    public (string Name, Func<Task> Measure)[] Cases() =>
    [
        (Pending, () => EnqueuedAsync(Pending, jobs => Load.BulkAsync(jobs, Jobs))),
        (Traced, () => EnqueuedAsync(Traced, TracedAsync)),
        ("scheduled", () => EnqueuedAsync("scheduled", jobs => Load.BulkAsync(jobs, Jobs, configure: static options => options.Delay = TimeSpan.FromHours(1)))),
        ("running", RunningAsync),
        (Completed, () => EndedAsync(Completed, static (_, _, _) => Task.CompletedTask, static counts => counts.TotalCompleted)),
        ("dead", () => EndedAsync("dead", static (_, _, _) => throw new InvalidOperationException("it is broken"), static counts => counts.Dead)),
    ];

    private async Task TracedAsync(IJobQueue jobs)
    {
        using var span = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        await Load.BulkAsync(jobs, Jobs);
    }

    private async Task EnqueuedAsync(string state, Func<IJobQueue, Task> enqueue)
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        var before = await server.MemoryAsync();
        await enqueue(client.Jobs());
        Add(state, before, await server.MemoryAsync(), Jobs);
        await client.StopAsync();
    }

    /// <summary>As many as one process can run at a time; nothing is leased ahead of them.</summary>
    private async Task RunningAsync()
    {
        await server.EmptyAsync();
        var end = new TaskCompletionSource();
        var (running, jobs) = (0, report.Options.Pick(MostRunning, 100));
        using var host = await BenchHost.StartWorkerAsync(
            server.ConnectionString,
            (_, _, _) =>
            {
                Interlocked.Increment(ref running);
                return end.Task;
            },
            options => (options.Concurrency, options.MaxPrefetch) = (jobs, 0));
        var before = await server.MemoryAsync();
        await Load.BulkAsync(host.Jobs(), jobs);
        await Meter.UntilAsync(() => Task.FromResult<long>(running), jobs);
        Add("running", before, await server.MemoryAsync(), jobs);
        end.SetResult();
        await host.StopAsync();
    }

    /// <summary>More are kept than by default, so that what belongs to all of them together does not count.</summary>
    private async Task EndedAsync(string state, Func<BenchArgs, JobContext, CancellationToken, Task> handler, Func<JobCounts, long> count)
    {
        await server.EmptyAsync();
        using var host = await BenchHost.StartWorkerAsync(server.ConnectionString, handler, options =>
        {
            (options.Retention.CompletedCount, options.Retention.CompletedBytes, options.MaxRetries) = (1_000_000, 1L << 30, 0);
        });
        var before = await server.MemoryAsync();
        var jobs = Jobs / 2;
        await Load.BulkAsync(host.Jobs(), jobs);
        await Meter.UntilAsync(async () => count(await host.Monitor().GetCountsAsync()), jobs);
        Add(state, before, await server.MemoryAsync(), jobs);
        await host.StopAsync();
    }

    private void Add(string state, double before, double after, int jobs) => report.Add(Name(state), "B/job", (after - before) / jobs);
}
