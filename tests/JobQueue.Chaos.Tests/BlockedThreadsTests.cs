using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests;

/// <summary>Handlers that block their threads: every thread of a large pool, threads of their own, and every thread of a pool that has few.</summary>
public sealed class BlockedThreadsTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const int Handlers = 500;
    private const int LeaseMs = 3_000;
    private const int HeartbeatMs = 1_000;
    private const string End = "end";

    private static readonly TimeSpan Blocked = TimeSpan.FromSeconds(Form.Of(9, 30));

    private readonly Dictionary<string, SortedSet<double>> _beats = [];

    [Fact]
    public async Task Five_hundred_blocked_threads_cost_no_lease_and_the_heartbeat_keeps_its_rhythm()
    {
        await BeginAsync();
        var ofThePool = Start("pool", Handlers + 100);
        var ofTheirOwn = Start("own", 0);
        var starved = Start("starved", 0);

        // It does nothing but look for lost workers: those whose threads are blocked might not.
        var bystander = Start("bystander", 0);
        await JoinedAsync(ofThePool, ofTheirOwn, starved, bystander);
        var workers = (await Keys.LeasesAsync()).Keys.ToList();

        var all = new[] { Of("pool", ChaosHandlers.Block), Of("own", ChaosHandlers.BlockOwn), Of("starved", ChaosHandlers.Block) };
        var ids = (await Task.WhenAll(all.Select(jobs => Jobs.EnqueueManyAsync(jobs)))).SelectMany(static some => some).ToList();
        await Condition.HoldsAsync(async () => await BlockedInAsync(ofThePool) == Handlers && await BlockedInAsync(ofTheirOwn) == Handlers && await BlockedInAsync(starved) > 0, "the threads are blocked");
        await WatchAsync();
        var inStarved = await BlockedInAsync(starved);
        Open(End);

        foreach (var worker in workers)
        {
            var gaps = _beats[worker].Zip(_beats[worker].Skip(1), static (one, next) => next - one).ToList();
            Figures.AddDistribution($"{worker[..worker.IndexOf('-', StringComparison.Ordinal)]}_beat_ms", gaps);
            gaps.Order().ElementAt(gaps.Count / 2).Should().BeLessThan(2 * HeartbeatMs, "the heartbeat of {0} keeps its rhythm", worker);
        }

        Figures.Add("blocked_in_starved", inStarved);
        var account = await AccountAsync(ids);
        account.ExtraStarts.Should().BeEmpty("no job ran twice");
        account.Counts.TotalRecovered.Should().Be(0);
        (await Keys.LeasesAsync()).Keys.Should().BeEquivalentTo(workers, "each worker lives on under its id");
        (await Keys.LostAsync()).Should().BeEmpty("no lease was lost");
        (await Keys.CountCrashesAsync()).Should().Be(0);
    }

    private static IEnumerable<JobRequest> Of(string queue, string handler)
        => Enumerable.Range(0, Handlers).Select(_ => new JobRequest(handler, End) { Options = { Queue = queue } });

    private async Task<int> BlockedInAsync(WorkerProcess worker) => (await Audit.StartsAsync()).Count(note => note.Process == worker.Name);

    /// <summary>Sees each beat by the lease that it leaves, and that no lease ends in between.</summary>
    private async Task WatchAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        await Condition.HoldsAsync(
            async () =>
            {
                var (leases, now) = (await Keys.LeasesAsync(), await Keys.NowAsync());
                foreach (var (worker, until) in leases)
                {
                    until.Should().BeGreaterThan(now - HeartbeatMs, "the lease of {0} lasts", worker);
                    (_beats.TryGetValue(worker, out var beats) ? beats : _beats[worker] = []).Add(until);
                }

                return TimeProvider.System.GetElapsedTime(began) > Blocked;
            },
            "the handlers block long enough");
    }

    private WorkerProcess Start(string queue, int minThreads) => StartWorker(settings => settings with
    {
        Name = queue,
        Queues = [queue],
        Concurrency = Handlers,
        MinThreads = minThreads,
        LeaseMs = LeaseMs,
        HeartbeatMs = HeartbeatMs,
    });
}
