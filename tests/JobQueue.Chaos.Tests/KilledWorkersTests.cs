using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests;

/// <summary>Workers that are killed with SIGKILL at random moments, and replaced at once, while jobs flow.</summary>
public sealed class KilledWorkersTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const int Fleet = 3;
    private const int Batch = 500;
    private const int LongestMs = 20;

    private static readonly int Total = Form.Of(20_000, 100_000);
    private static readonly int Kills = Form.Of(6, 40);

    /// <summary>Every job was in flight at the kill, and held by the one that was killed.</summary>
    private readonly List<HashSet<JobId>> _inFlight = [];

    [Fact]
    public async Task No_job_is_lost_and_only_what_was_in_flight_at_a_kill_runs_again()
    {
        await BeginAsync();
        var fleet = Enumerable.Range(0, Fleet).Select(_ => Start()).ToArray();
        await JoinedAsync(fleet);

        var began = TimeProvider.System.GetTimestamp();
        var enqueueing = EnqueueAsync();
        foreach (var moment in Enumerable.Range(0, Kills).Select(_ => Random.Next(Total / 20, Total * 19 / 20)).Order().ToList())
        {
            var victim = Random.Next(Fleet);
            await Condition.HoldsAsync(async () => await Audit.CountCompletionsAsync() >= moment, $"{moment} jobs are done");
            await KillAsync(fleet[victim]);
            fleet[victim] = Start();
        }

        var ids = await enqueueing;
        await Condition.HoldsAsync(async () => (await Monitor.GetCountsAsync()).TotalCompleted >= Total, "all jobs have completed");
        Figures.Add("kills", Kills).Add("in_flight_at_kills", _inFlight.Sum(static held => held.Count)).AddSeconds("took", TimeProvider.System.GetElapsedTime(began));
        var account = await AccountAsync(ids);

        _inFlight.Should().Contain(static held => held.Count > 0, "the kills hit workers at work");
        foreach (var (id, again) in account.ExtraStarts)
        {
            again.Should().BeLessThanOrEqualTo(_inFlight.Count(held => held.Contains(id)), "job {0} starts again only for a kill that it was in flight at", id);
        }

        account.Fired.Should().BeEmpty("nobody took a lease from a worker that lived");
        account.CompletedJobs.Should().OnlyContain(static job => job.Attempts.Count == 1 && job.RetryCount == 0, "a kill uses no attempt and no retry");
    }

    /// <summary>The jobs come by and by, so that enqueues are under way at the kills too.</summary>
    private async Task<IReadOnlyList<JobId>> EnqueueAsync()
    {
        var durations = new Random(Random.Next());
        var ids = new List<JobId>();
        while (ids.Count < Total)
        {
            ids.AddRange(await Jobs.EnqueueManyAsync(
                Enumerable.Range(0, Batch).Select(_ => new JobRequest(ChaosHandlers.Work, durations.Next(LongestMs + 1))).ToList(),
                TestContext.Current.CancellationToken));
        }

        return ids;
    }

    private async Task KillAsync(WorkerProcess victim)
    {
        victim.Kill();

        // Nothing of it is recovered before its lease ends, so what it held still stands under its name.
        _inFlight.Add(await Keys.LeasedByAsync(victim.Settings.Name));
    }

    /// <summary>Jobs that happen to be hit by several kills are not to die of it here.</summary>
    private WorkerProcess Start() => StartWorker(static settings => settings with { MaxCrashes = 100 });
}
