using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests;

/// <summary>Workers that are replaced one after the other, as a deployment does it: SIGTERM, and a new process, under load.</summary>
public sealed class RollingRestartTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const int Fleet = 4;
    private const int LongJobs = 6;
    private const string End = "end";

    private static readonly int Rounds = Form.Of(1, 10);

    private readonly List<TimeSpan> _stops = [];

    [Fact]
    public async Task Restarts_under_load_fail_no_attempt_use_no_retry_lose_nothing_and_stay_within_their_budget()
    {
        await BeginAsync();
        var fleet = Enumerable.Range(0, Fleet).Select(_ => Start()).ToArray();
        await JoinedAsync(fleet);

        // Longer than any worker may take to stop: they are handed on from one to the next.
        var ids = new List<JobId>(await Jobs.EnqueueManyAsync(Enumerable.Range(0, LongJobs).Select(static _ => new JobRequest(ChaosHandlers.Gated, End))));
        await Condition.HoldsAsync(async () => await Audit.CountStartsAsync() == LongJobs, "the long jobs run");
        var durations = new Random(Random.Next());
        await using var flow = Flow.Start(Jobs, Monitor, () => new JobRequest(ChaosHandlers.Work, durations.Next(5, 60)));

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var turn in Enumerable.Range(0, Fleet).OrderBy(_ => Random.Next()).ToList())
            {
                fleet[turn] = await ReplaceAsync(fleet[turn]);
            }
        }

        Open(End);
        ids.AddRange(await flow.StopAsync());
        Figures.Add("restarts", _stops.Count).AddDistribution("stop_ms", _stops.Select(static stop => stop.TotalMilliseconds));
        AssertUnharmed(await AccountAsync(ids));
        (await Keys.CountCrashesAsync()).Should().Be(0, "an orderly end is no crash");
        (await Keys.LostAsync()).Should().BeEmpty("nobody was declared lost");
    }

    private async Task<WorkerProcess> ReplaceAsync(WorkerProcess old)
    {
        var next = Start();
        await JoinedAsync(next);
        _stops.Add(await old.EndAsync());

        // The host's own limit is the budget: beyond it, it gives up and cuts the stop short.
        old.ExitCode.Should().Be(0, "worker {0} ends in good order: {1}", old.Name, old.Output);
        _stops[^1].Should().BeLessThan(TimeSpan.FromMilliseconds(old.Settings.HostShutdownMs));
        (await Keys.LeasedByAsync(old.Settings.Name)).Should().BeEmpty("what it did not finish is handed back before it ends, not when its lease does");
        return next;
    }

    private static void AssertUnharmed(Account account)
    {
        account.Counts.TotalFailed.Should().Be(0, "no attempt failed");
        account.Counts.TotalRetried.Should().Be(0, "no retry was used");
        account.Counts.TotalRecovered.Should().Be(0, "no job had to wait for a lease to end");
        account.CompletedJobs.Should().OnlyContain(static job => job.Attempts.Count == 1 && job.RetryCount == 0 && job.Error == null);
        account.ExtraCompletions.Should().BeEmpty("what a handler has finished is reported before the end");
        account.Fired.Should().NotBeEmpty("long jobs were handed on");

        var (starts, fired) = (account.Starts.CountBy(static note => note.Id).ToDictionary(), account.Fired.CountBy(static note => note.Id).ToDictionary());
        starts.Should().OnlyContain(entry => entry.Value == 1 + fired.GetValueOrDefault(entry.Key), "a job starts again only when its token had fired");
    }

    private WorkerProcess Start() => StartWorker(static settings => settings with { ShutdownMs = 1_000, HostShutdownMs = 15_000 });
}
