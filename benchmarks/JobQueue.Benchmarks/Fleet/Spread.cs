using System.Globalization;
using JobQueue.Benchmarks.Infrastructure;
using Microsoft.Extensions.Hosting;

namespace JobQueue.Benchmarks.Fleet;

/// <summary>What a job, and a worker that has none, cost Redis where a store has more shards: all on one server, and shared out over three masters.</summary>
internal sealed class Spread(Report report)
{
    public const int MostShards = 6;

    private int Jobs => report.Options.Pick(60_000, 3_000);

    /// <summary>Twice as long as until a worker asks again how many shards there are.</summary>
    private TimeSpan IdleTime => TimeSpan.FromSeconds(report.Options.Pick(10, 1));

    private TimeSpan Calm => TimeSpan.FromSeconds(report.Options.Pick(3, 1));

    public IEnumerable<(string Name, Func<Task> Measure)> Cases(Masters one, Masters three)
        => (report.Options.Smoke
            ? ((Masters On, int Shards)[])[(one, 3), (three, MostShards)]
            : [(one, 1), (one, 3), (one, MostShards), (three, 3), (three, MostShards)]).Select(Case);

    private (string Name, Func<Task> Measure) Case((Masters On, int Shards) of) => (Name(of.On, of.Shards), () => MeasureAsync(of.On, of.Shards));

    private static string Name(Masters on, int shards)
        => string.Create(CultureInfo.InvariantCulture, $"{on.Name}, {shards} shard{(shards == 1 ? "" : "s")}");

    private async Task MeasureAsync(Masters on, int shards)
    {
        await on.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(on.ConnectionString, shards);
        await IdleAsync(on, shards);
        var enqueue = await ServerWork.EachAsync(on.All, () => Load.BulkAsync(client.Jobs(), Jobs));
        Add($"enqueue in bulk, {Name(on, shards)}: ", enqueue, Jobs);
        await using (var worker = await StartWorkerAsync(on, shards))
        {
            await DrainAsync(on, shards);
            await ScriptsAsync(on, shards, client);
        }

        await client.StopAsync();
    }

    private static Task<WorkerProcess> StartWorkerAsync(Masters on, int shards) => WorkerProcess.StartAsync(on.ConnectionString, new WorkerKind(Shards: shards));

    /// <summary>A worker of its own, before there is anything that retention could remove.</summary>
    private async Task IdleAsync(Masters on, int shards)
    {
        var nobody = await ServerWork.EachAsync(on.All, () => Task.Delay(IdleTime / 2, TimeProvider.System));
        await using var worker = await StartWorkerAsync(on, shards);
        await Task.Delay(Calm, TimeProvider.System);
        var idle = await ServerWork.EachAsync(on.All, () => Task.Delay(IdleTime, TimeProvider.System));
        var name = $"idle, 1 worker, {Name(on, shards)}: ";
        report.Add(name + FleetSuite.Calls, "/s", idle.Sum(static work => work.ScriptCalls / work.Seconds));
        report.Add(name + "Redis CPU beyond that of nobody", "µs/s", Cpu(idle) - Cpu(nobody));

        static double Cpu(ServerWork[] each) => each.Sum(static work => work.CpuMicroseconds / work.Seconds);
    }

    /// <summary>From when a third of the jobs is done.</summary>
    private async Task DrainAsync(Masters on, int shards)
    {
        var (first, _) = await Meter.UntilAsync(() => on.CountCompletedAsync(shards), Jobs / 3);
        var last = 0L;
        var work = await ServerWork.EachAsync(on.All, async () =>
        {
            first = await on.CountCompletedAsync(shards);
            (last, _) = await Meter.UntilAsync(() => on.CountCompletedAsync(shards), Jobs);
        });
        Add($"drain, {Name(on, shards)}: ", work, Math.Max(1, last - first)); // A smoke's few jobs may be done before they are counted.
    }

    /// <summary>Once more, for which scripts are called: writing that down costs the servers something, so what they use is not looked at.</summary>
    private async Task ScriptsAsync(Masters on, int shards, IHost client)
    {
        const string Queue = "default";
        await client.Monitor().PauseAsync(Queue);
        var enqueue = await ScriptTally.TakeAsync(on.All, () => Load.BulkAsync(client.Jobs(), Jobs));
        await client.Monitor().ResumeAsync(Queue);
        await Meter.UntilAsync(() => on.CountCompletedAsync(shards), Jobs + (Jobs / 3));
        var (first, last) = (0L, 0L);
        var drain = await ScriptTally.TakeAsync(on.All, async () =>
        {
            first = await on.CountCompletedAsync(shards);
            (last, _) = await Meter.UntilAsync(() => on.CountCompletedAsync(shards), 2 * Jobs);
        });
        var done = Math.Max(1, last - first);
        var name = $"calls, {Name(on, shards)}: ";
        report.Add(name + "enqueue", "/1,000", 1_000 * enqueue.Of("enqueue").Calls / Jobs);
        report.Add(name + "fetch", "/1,000", 1_000 * drain.Of("fetch").Calls / done);
        report.Add(name + "complete", "/1,000", 1_000 * drain.Of("complete").Calls / done);
        report.Add(name + "what else while draining", "/1,000", 1_000 * (drain.Calls - drain.Of("fetch").Calls - drain.Of("complete").Calls) / done);
    }

    private void Add(string name, ServerWork[] each, double jobs)
    {
        var cpu = each.Sum(static work => work.CpuMicroseconds);
        report.Add(name + FleetSuite.Calls, "/1,000", 1_000 * each.Sum(static work => work.ScriptCalls) / jobs);
        report.Add(name + "Redis CPU", "µs/job", cpu / jobs);
        report.Add(name + "Redis CPU of the busiest master", "µs/job", each.Max(static work => work.CpuMicroseconds) / jobs);
        report.Add(name + "the busiest master's share of it", "%", 100 * each.Max(static work => work.CpuMicroseconds) / cpu);
        report.Add(name + "speed", "jobs/s", jobs / each[0].Seconds);
    }
}
