using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests;

/// <summary>Redis away for three leases while workers run long handlers: gone, or there and silent.</summary>
public sealed class AbsentRedisTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const int Fleet = 4;
    private const int Slots = 5;
    private const int LeaseMs = 2_000;
    private const int Leases = 3;
    private const string Meanwhile = "meanwhile";
    private const string Afterwards = "afterwards";

    /// <summary>A worker that was lost, workers that were recovered, writes that the server forgot, outcomes that were refused or given up.</summary>
    private static readonly int[] Harm = [103, 104, 106, 113, 205];

    [Fact]
    public Task Redis_killed_and_restarted_after_three_leases_declares_nobody_lost_and_every_outcome_arrives() => AwayAsync(
        () =>
        {
            Server.Kill();
            return Task.CompletedTask;
        },
        static server => server.RestartAsync());

    [Fact]
    public Task Redis_silent_for_three_leases_declares_nobody_lost_and_every_outcome_arrives() => AwayAsync(
        () =>
        {
            Server.Freeze();
            return Task.CompletedTask;
        },
        server =>
        {
            server.Thaw();
            return Task.CompletedTask;
        });

    private async Task AwayAsync(Func<Task> leave, Func<ChaosServer, Task> comeBack)
    {
        await BeginAsync();
        var fleet = Enumerable.Range(0, Fleet).Select(_ => StartWorker(static settings => settings with { Concurrency = Slots, LeaseMs = LeaseMs })).ToArray();
        await JoinedAsync(fleet);
        var ids = await Jobs.EnqueueManyAsync(Enumerable.Range(0, Fleet * Slots).Select(static number => new JobRequest(ChaosHandlers.Gated, number % 2 == 0 ? Meanwhile : Afterwards)));
        await Condition.HoldsAsync(async () => await Audit.CountStartsAsync() == ids.Count, "every slot runs a job");
        await Condition.HoldsAsync(async () => await Keys.TimeAsync("last_recovery") > 0, "a recovery pass has gone by");
        var workers = (await Keys.LeasesAsync()).Keys.ToList();

        await leave();
        Open(Meanwhile);
        await Condition.HoldsAsync(async () => await Audit.CountCompletionsAsync() == ids.Count / 2, "half of the handlers end while Redis is away");
        await Task.Delay(LeaseMs * Leases, TestContext.Current.CancellationToken); // The length of the outage is what is tested.
        await comeBack(Server);

        await OutlivesTheGraceAsync(workers);
        (await Monitor.GetCountsAsync()).TotalCompleted.Should().Be(ids.Count / 2, "the outcomes of the outage have arrived");
        Open(Afterwards);
        Figures.Add("outage_leases", Leases).Add("workers", Fleet);
        var account = await AccountAsync(ids);

        account.ExtraStarts.Should().BeEmpty("no job ran twice");
        account.Fired.Should().BeEmpty("no handler was stopped");
        account.Counts.TotalRecovered.Should().Be(0);
        account.CompletedJobs.Should().OnlyContain(static job => job.Attempts.Count == 1 && job.RetryCount == 0);
        (await Keys.LeasesAsync()).Keys.Should().BeEquivalentTo(workers, "each worker lives on under its id");
        (await Keys.LostAsync()).Should().BeEmpty();
        (await Keys.CountCrashesAsync()).Should().Be(0);
        (await Audit.LogAsync()).Where(static line => Harm.Contains(line.EventId)).Should().BeEmpty();
    }

    /// <summary>Waits until every worker beats, and a recovery pass has gone by that might declare the others lost.</summary>
    private async Task OutlivesTheGraceAsync(IReadOnlyCollection<string> workers)
    {
        await Condition.HoldsAsync(
            async () =>
            {
                var (leases, now) = (await Keys.LeasesAsync(), await Keys.NowAsync());
                return workers.All(worker => leases.GetValueOrDefault(worker) > now);
            },
            "every worker beats again");
        await Condition.HoldsAsync(
            async () => await Keys.TimeAsync("grace_until") is > 0 and var grace && await Keys.TimeAsync("last_recovery") > grace, "the grace is over");
    }
}
