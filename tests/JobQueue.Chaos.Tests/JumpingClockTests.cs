using System.Xml.Linq;
using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests;

/// <summary>Wall clocks that jump, of workers and of callers, while the server's goes on.</summary>
public sealed class JumpingClockTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const string Held = "held";
    private const int Hours = 5;
    private const int Many = 20;
    private const int WorkerLost = 103;
    private const int WorkersRecovered = 104;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Far = TimeSpan.FromHours(2);

    [Fact]
    public async Task A_worker_whose_clock_jumps_moves_no_delay_no_retry_and_no_lease()
    {
        var hours = Random.Next(2) == 0 ? Hours : -Hours;
        await BeginAsync(Fsync.EverySec);
        var jumping = StartWorker(static settings => settings with { ClockJumps = true });
        await JoinedAsync(jumping);
        var held = await Jobs.EnqueueManyAsync(Enumerable.Range(0, 5).Select(static _ => new JobRequest(ChaosHandlers.Gated, Held)));
        await Condition.HoldsAsync(async () => await Audit.CountStartsAsync() == held.Count, "the worker holds jobs");
        var right = StartWorker();
        await JoinedAsync(right);
        var workers = (await Keys.LeasesAsync()).Keys.ToList();
        var delayed = await EnqueueAsync(Soon);
        var far = await EnqueueAsync(Far);
        var failing = await Jobs.EnqueueManyAsync(Enumerable.Range(0, Many).Select(static _ => new JobRequest(ChaosHandlers.FailOnce, 0)));

        SetClock(hours);

        await CompletedAsync([.. delayed, .. failing]);
        (await Monitor.GetCountsAsync()).Scheduled.Should().Be(far.Count, "what is due in {0} is not due earlier by a worker's clock", Far);
        await LeasesLastAsync(workers);
        SetClock(-hours);
        await LeasesLastAsync(workers);
        Open(Held);
        foreach (var id in far)
        {
            await Jobs.RunNowAsync(id, TestContext.Current.CancellationToken);
        }

        JobId[] ids = [.. held, .. delayed, .. far, .. failing];
        var account = await AccountAsync(ids);
        await NothingStartedEarlyAsync(account, delayed, failing);
        account.Fired.Should().BeEmpty("no timeout and no lease was over");
        account.ExtraStarts.Keys.Should().BeEquivalentTo(failing, "only the retries start a second time");
        (await Audit.LogAsync()).Where(static line => line.EventId is WorkerLost or WorkersRecovered).Should().BeEmpty();
        (await Keys.LeasesAsync()).Keys.Should().BeEquivalentTo(workers);
    }

    [Fact]
    public async Task A_delay_is_counted_by_the_server_and_an_absolute_time_is_the_callers_clock()
    {
        DocumentationOf("P:JobQueue.EnqueueOptions.ScheduledAt").Should().Contain("an instant of the caller's clock");
        await BeginAsync(Fsync.EverySec);
        await JoinedAsync(StartWorker());
        await using var ahead = await ChaosClient.StartAsync(Server.ConnectionString, Prefix, TimeSpan.FromSeconds(30), new Ahead(Far));
        var byClock = new Ahead(Far).GetUtcNow() + Soon;
        var now = await Keys.NowAsync();

        var relative = await ahead.Jobs.EnqueueAsync(ChaosHandlers.Work, 0, static o => o.Delay = Soon);
        var absolute = await ahead.Jobs.EnqueueAsync(ChaosHandlers.Work, 0, o => o.ScheduledAt = byClock);
        var past = await ahead.Jobs.EnqueueAsync(ChaosHandlers.Work, 0, static o => o.ScheduledAt = TimeProvider.System.GetUtcNow() - Far);

        await CompletedAsync([relative, past]);
        var waiting = await Jobs.GetAsync(absolute);
        waiting!.State.Should().Be(JobState.Scheduled, "the caller meant a time of its own clock, which the server's reaches later");
        (await Server.Database.SortedSetScoreAsync(Keys.Key("scheduled"), $"normal|default|{absolute}")).Should().Be(byClock.ToUnixTimeMilliseconds());
        await Jobs.RunNowAsync(absolute, TestContext.Current.CancellationToken);
        var account = await AccountAsync([relative, absolute, past]);
        account.Starts.Single(note => note.Id == relative).At.Should().BeGreaterThanOrEqualTo(now + (long)Soon.TotalMilliseconds);
    }

    private static string DocumentationOf(string member)
        => XDocument.Load(Path.Combine(AppContext.BaseDirectory, "JobQueue.Core.xml")).Descendants("member").Single(element => element.Attribute("name")!.Value == member).Value;

    private async Task<IReadOnlyList<JobId>> EnqueueAsync(TimeSpan delay) => await Jobs.EnqueueManyAsync(Enumerable.Range(0, Many).Select(_ =>
    {
        var job = new JobRequest(ChaosHandlers.Work, 0);
        job.Options.Delay = delay;
        return job;
    }));

    private Task CompletedAsync(IReadOnlyCollection<JobId> ids) => Condition.HoldsAsync(
        async () => (await Task.WhenAll(ids.Select(id => Jobs.GetAsync(id)))).All(static job => job is { State: JobState.Completed }), "what is due completes");

    /// <summary>Waits for a beat of each, and looks whether its lease ends by the server's clock.</summary>
    private async Task LeasesLastAsync(IReadOnlyCollection<string> workers)
    {
        var before = await Keys.LeasesAsync();
        await Condition.HoldsAsync(
            async () => (await Keys.LeasesAsync()) is var now && workers.All(worker => now.GetValueOrDefault(worker) > before[worker]), "every worker beats");
        var (leases, time) = (await Keys.LeasesAsync(), await Keys.NowAsync());
        leases.Values.Should().OnlyContain(until => Math.Abs(until - time) < TimeSpan.FromHours(1).TotalMilliseconds);
    }

    private async Task NothingStartedEarlyAsync(Account account, IReadOnlyList<JobId> delayed, IReadOnlyList<JobId> failing)
    {
        var starts = account.Starts.ToLookup(static note => note.Id, static note => note.At);
        foreach (var id in delayed)
        {
            var due = (await Jobs.GetAsync(id))!.ScheduledAt!.Value.ToUnixTimeMilliseconds();
            starts[id].Should().OnlyContain(at => at >= due, "it was due at {0}", due);
        }

        foreach (var id in failing)
        {
            var due = (await Jobs.GetAsync(id))!.Attempts[0].NextRetryAt!.Value.ToUnixTimeMilliseconds();
            starts[id].Max().Should().BeGreaterThanOrEqualTo(due - 1_000, "its record was written just before the server counted the delay");
        }
    }

    /// <summary>A clock that is ahead of the server's.</summary>
    private sealed class Ahead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
