using System.Globalization;
using JobQueue.Benchmarks.Infrastructure;
using Microsoft.Extensions.Hosting;

namespace JobQueue.Benchmarks.Fleet;

/// <summary>
/// What many worker processes cost one server: while they have nothing to do, when a job wakes one of them, when one is killed, and when all of them
/// drain what waits; and what one costs where a store has more shards (<see cref="Spread"/>). By counting: a machine has fewer cores than such a fleet, so times say little.
/// </summary>
internal sealed class FleetSuite(BenchServer server, Report report)
{
    public const string Calls = "script calls";
    public const string Fetches = "fetches";
    public const string Beat = "a beat";

    /// <summary>What each worker calls while it has nothing to do.</summary>
    private static readonly (string Name, string Script)[] Own
        = [("a fetch that finds nothing", "fetch"), (Beat, "beat"), ("whose turn it is", "turn"), ("how many shards there are", "open")];

    /// <summary>What one job is enqueued, leased and reported by.</summary>
    private static readonly string[] Life = ["enqueue", "fetch", "complete", "settle", "release", "reconcile"];

    private int[] Sizes => report.Options.Smoke ? [3] : [1, 10, 50];

    private int Jobs => report.Options.Pick(100_000, 2_000);

    private int WakeUps => report.Options.Pick(250, 10);

    private TimeSpan IdleTime => TimeSpan.FromSeconds(report.Options.Pick(10, 2));

    /// <summary>Long enough that workers have done with what they do once after a start or a drain.</summary>
    private TimeSpan Calm => TimeSpan.FromSeconds(report.Options.Pick(3, 1));

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var server = await BenchServer.StartAsync();
        var report = new Report(options, Machine.Describe(server.Name));
        report.PrintHead();
        var suite = new FleetSuite(server, report);
        await report.RunColdAsync([.. suite.Sizes.Select(size => (Of(size), (Func<Task>)(() => suite.MeasureAsync(size))))]);
        suite.Judge();
        await using var cluster = await BenchCluster.StartAsync(server.Program, Spread.MostShards);
        await report.RunColdAsync([.. new Spread(report).Cases(Masters.Of(server), Masters.Of(cluster))]);
        return await report.WriteAsync();
    }

    public static string Of(int workers) => string.Create(CultureInfo.InvariantCulture, $"{workers} worker{(workers == 1 ? "" : "s")}");

    private void Judge()
    {
        var (few, many) = (Of(Sizes[0]), Of(Sizes[^1]));
        foreach (var fleet in (string[])[few, many])
        {
            report.Judge($"script calls a second of each idle worker, {fleet}", report.Median($"idle, {fleet}: {Calls}"), 5, atMost: true);
        }

        Compare("fetches for a job that wakes a worker", $"wake-up, {{0}}: {Fetches}", 1.2);
        Compare("Redis's time for a beat", $"idle, {{0}}: {Beat}", 1.5);
        Compare("Redis's time for the pass that recovers", $"killed, {{0}}, {Recovery.Held(report.Options)[^1]} jobs held: the pass", 1.5);

        void Compare(string what, string name, double most)
        {
            var ratio = report.Ratio($"{what}, {many} to {few}", Named(name, many), Named(name, few));
            report.Judge($"{what}, {many} to {few}", ratio, most, atMost: true);
        }
    }

    private static string Named(string name, string fleet) => string.Format(CultureInfo.InvariantCulture, name, fleet);

    private async Task MeasureAsync(int workers)
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        var nobody = await ServerWork.OfAsync(server, () => Task.Delay(IdleTime / 2, TimeProvider.System));
        await using (var fleet = await RunningFleet.StartAsync(server, workers))
        {
            await Task.Delay(Calm, TimeProvider.System);
            await IdleAsync(workers, nobody);
            await IdleScriptsAsync(workers);
            await DrainAsync(fleet, client, workers);
        }

        await using (var patient = await RunningFleet.StartAsync(server, workers, isPatient: true))
        {
            await WakeUpsAsync(patient, client.Jobs(), workers);
            foreach (var held in Recovery.Held(report.Options))
            {
                await new Recovery(server, report).MeasureAsync(client.Jobs(), workers, held);
            }
        }

        await client.StopAsync();
    }

    /// <param name="workers">How many have nothing to do.</param>
    /// <param name="nobody">What the server did without them: it looks ten times a second for what there is to do.</param>
    private async Task IdleAsync(int workers, ServerWork nobody)
    {
        var work = await ServerWork.OfAsync(server, () => Task.Delay(IdleTime, TimeProvider.System));
        var name = $"idle, {Of(workers)}: ";
        report.Add("idle, nobody: Redis CPU", "µs/s", nobody.CpuMicroseconds / nobody.Seconds);
        report.Add(name + Calls, "/s each", work.ScriptCalls / work.Seconds / workers);
        report.Add(name + "commands, those in scripts included", "/s each", work.Commands / work.Seconds / workers);
        report.Add(name + "Redis CPU beyond that of nobody", "µs/s each", ((work.CpuMicroseconds / work.Seconds) - (nobody.CpuMicroseconds / nobody.Seconds)) / workers);
    }

    private async Task IdleScriptsAsync(int workers)
    {
        var fleet = $"idle, {Of(workers)}: ";
        var tally = await ScriptTally.TakeAsync(server, () => Task.Delay(IdleTime, TimeProvider.System));
        var seconds = IdleTime.TotalSeconds;
        foreach (var (name, script) in Own)
        {
            report.Add(fleet + name, "µs", tally.Of(script).Median);
            report.Add(fleet + name + ", calls", "/s each", tally.Of(script).Calls / seconds / workers);
        }

        var upkeep = tally.Scripts.Except(Own.Select(static own => own.Script)).ToList();
        report.Add(fleet + "maintenance, all workers", "calls/s", upkeep.Sum(script => tally.Of(script).Calls) / seconds);
        report.Add(fleet + "maintenance, all workers, its scripts", "µs/s", upkeep.Sum(script => tally.Of(script).Total) / seconds);
        report.Add(fleet + "the look for dead workers", "µs", tally.Of("recover").Median);
    }

    /// <summary>Jobs one at a time, each when the one before it is done, by workers that do not ask by themselves.</summary>
    private async Task WakeUpsAsync(RunningFleet fleet, IJobQueue jobs, int workers)
    {
        const int GapMs = 20;
        await Task.Delay(Calm, TimeProvider.System);
        var idle = await ServerWork.OfAsync(server, () => Task.Delay(IdleTime / 2, TimeProvider.System));
        var work = await ServerWork.OfAsync(server, JobsAsync);
        var tally = await ScriptTally.TakeAsync(server, JobsAsync);
        var name = $"wake-up, {Of(workers)}: ";
        report.Add(name + Fetches, "/job", tally.Of("fetch").Calls / WakeUps);
        report.Add(name + Calls, "/job", Life.Sum(script => tally.Of(script).Calls) / WakeUps);
        report.Add(name + "Redis CPU beyond that of an idle time", "µs/job", (work.CpuMicroseconds - (idle.CpuMicroseconds / idle.Seconds * work.Seconds)) / WakeUps);

        async Task JobsAsync()
        {
            await ProducerProcess.PacedAsync(jobs, WakeUps, GapMs);
            await fleet.AllWaitAsync();
        }
    }

    /// <summary>
    /// From when a third of the jobs is done. What the workers call meanwhile is measured while the jobs are enqueued: a server
    /// that is awake takes less for it than one that sleeps in between.
    /// </summary>
    private async Task DrainAsync(RunningFleet fleet, IHost client, int workers)
    {
        const string Queue = "default";
        await client.Monitor().PauseAsync(Queue);
        var before = await Store.CountCompletedAsync(server.Database);
        var busy = await ScriptTally.TakeAsync(server, () => Load.BulkAsync(client.Jobs(), Jobs));
        await client.Monitor().ResumeAsync(Queue);
        var (own, ownFirst) = (await AtAThirdAsync(), await DoneAsync());
        var (first, last) = (0L, 0L);
        var work = await ServerWork.OfAsync(server, async () =>
        {
            first = await DoneAsync();
            (last, _) = await Meter.UntilAsync(DoneAsync, Jobs);
        });
        own = await fleet.CpuAsync() - own;
        foreach (var (what, script) in Own)
        {
            report.Add($"while jobs are enqueued in bulk, {Of(workers)}: {what}", "µs", busy.Of(script).Median);
        }

        var name = $"drain, {Of(workers)}: ";
        var done = Math.Max(1, last - first); // A smoke's few jobs may be done before they are counted.
        report.Add(name + Calls, "/job", work.ScriptCalls / done);
        report.Add(name + "commands, those in scripts included", "/job", work.Commands / done);
        report.Add(name + "Redis CPU", "µs/job", work.CpuMicroseconds / done);
        report.Add(name + "CPU of the workers' processes", "µs/job", own / Math.Max(1, last - ownFirst));
        report.Add(name + "speed", "jobs/s", done / work.Seconds);

        async Task<long> DoneAsync() => await Store.CountCompletedAsync(server.Database) - before;

        async Task<double> AtAThirdAsync()
        {
            await Meter.UntilAsync(DoneAsync, Jobs / 3);
            return await fleet.CpuAsync();
        }
    }
}
