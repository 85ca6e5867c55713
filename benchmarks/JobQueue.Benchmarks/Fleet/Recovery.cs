using System.Diagnostics;
using System.Globalization;
using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Fleet;

/// <summary>A worker process beside a fleet is killed while it holds jobs: what it costs to notice, and to give the jobs to the fleet.</summary>
internal sealed class Recovery(BenchServer server, Report report)
{
    /// <summary>Two beats, so that the worker's last snapshot names what it runs and its jobs are older than the beat before: then that snapshot is searched for each of them.</summary>
    private TimeSpan Beats => TimeSpan.FromSeconds(report.Options.Pick(5, 0));

    public static int[] Held(BenchOptions options) => options.Smoke ? [5] : [20, 500];

    public async Task MeasureAsync(IJobQueue jobs, int workers, int held)
    {
        // Who serves a queue by name is woken before those that serve all of them, and leases all of these jobs at once.
        var before = await Store.CountCompletedAsync(server.Database);
        await using var killed = await WorkerProcess.StartAsync(server.ConnectionString, new WorkerKind(Queues: 1, Concurrency: held, Holds: true, IsPatient: true));
        await Meter.UntilAsync(() => server.Database.SortedSetLengthAsync(Store.IdleOf(Load.Queue(0))), 1);
        await Load.BulkAsync(jobs, held, queues: 1);
        await Meter.UntilAsync(() => server.Database.HashLengthAsync(Store.Running), held);
        await Task.Delay(Beats, TimeProvider.System);
        var seconds = 0.0;
        var tally = await ScriptTally.TakeAsync(server, async () =>
        {
            var began = Stopwatch.GetTimestamp();
            await killed.KillAsync();
            await Meter.UntilAsync(async () => await Store.CountCompletedAsync(server.Database) - before, held);
            seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        });
        var name = string.Create(CultureInfo.InvariantCulture, $"killed, {FleetSuite.Of(workers)}, {held} jobs held: ");
        report.Add(name + "the pass", "µs", tally.Of("recover").Longest);
        report.Add(name + "a pass that finds nothing", "µs", tally.Of("recover").Median);
        report.Add(name + "calls to look for it", "", tally.Of("recover").Calls);
        report.Add(name + "until its jobs are done", "s", seconds);
    }
}
