using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests;

/// <summary>A crowd of scheduled jobs that are all due in the same second.</summary>
public sealed class DueTogetherTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const int Fleet = 3;
    private const int WarmUp = 5_000;
    private const int Batch = 5_000;
    private const int MostMargin = 16;

    /// <summary>A hundred thousand; fewer in the short form on Garnet, whose scripts take five times as long.</summary>
    private int Crowd => Form.IsShort && Server.IsGarnet ? 20_000 : 100_000;

    [Fact]
    public async Task A_hundred_thousand_jobs_due_in_the_same_second_run_once_each()
    {
        await BeginAsync(Fsync.EverySec);
        var fleet = Enumerable.Range(0, Fleet).Select(_ => StartWorker()).ToArray();
        await JoinedAsync(fleet);

        // How long the crowd takes to enqueue on this machine decides when it is due.
        var soon = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(3);
        var ids = new List<JobId>(await EnqueueAsync(WarmUp, soon));
        var began = TimeProvider.System.GetTimestamp();
        ids.AddRange(await EnqueueAsync(WarmUp, soon));
        var pace = TimeProvider.System.GetElapsedTime(began) / WarmUp;
        HashSet<JobId> crowd;
        DateTimeOffset due;
        long waiting;
        var margin = 2;
        do
        {
            // A machine that has become busier meanwhile gets another crowd, and more time for it.
            due = WholeSecond(TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(3) + (pace * Crowd * margin));
            began = TimeProvider.System.GetTimestamp();
            crowd = await EnqueueAsync(Crowd, due);
            ids.AddRange(crowd);
            waiting = (await Monitor.GetCountsAsync()).Scheduled;
            margin *= 2;
        }
        while (waiting == 0 && margin <= MostMargin);
        Figures.AddSeconds("enqueue", TimeProvider.System.GetElapsedTime(began));
        Figures.Add("waiting_when_enqueued", waiting);
        waiting.Should().BePositive("the crowd is there before it is due");

        await Condition.HoldsAsync(async () => (await Monitor.GetCountsAsync()).TotalCompleted >= ids.Count, "all jobs have completed");
        Figures.AddSeconds("all_done_after_due", TimeProvider.System.GetUtcNow() - due);
        var starts = (await Audit.StartsAsync()).Where(note => crowd.Contains(note.Id)).ToList();
        Figures.AddDistribution("lateness_ms", starts.Select(note => (double)(note.At - due.ToUnixTimeMilliseconds())));
        var account = await AccountAsync([.. ids]);

        account.ExtraStarts.Should().BeEmpty("each runs once");
        account.ExtraCompletions.Should().BeEmpty();
        starts.Should().OnlyContain(note => note.At >= due.ToUnixTimeMilliseconds(), "none runs before its time");
        starts.Select(static note => note.Process).Distinct().Should().HaveCount(Fleet, "every worker takes part");
    }

    private async Task<HashSet<JobId>> EnqueueAsync(int count, DateTimeOffset due)
    {
        var ids = new HashSet<JobId>();
        while (ids.Count < count)
        {
            ids.UnionWith(await Jobs.EnqueueManyAsync(
                Enumerable.Range(0, Batch).Select(_ => new JobRequest(ChaosHandlers.Work, 0) { Options = { ScheduledAt = due } }).ToList()));
        }

        return ids;
    }

    private static DateTimeOffset WholeSecond(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds() + 1);
}
