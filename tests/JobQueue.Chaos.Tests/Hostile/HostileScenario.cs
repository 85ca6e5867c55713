using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;
using StackExchange.Redis;
using Condition = JobQueue.Chaos.Tests.Infrastructure.Condition;

namespace JobQueue.Chaos.Tests.Hostile;

/// <summary>
/// A fleet that works on a store in which somebody writes what the library never would. No worker stops for it, the good jobs
/// around it complete, and nobody floods the log.
/// </summary>
public abstract class HostileScenario(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    /// <summary>Where what is to be damaged waits: it is paused while that is done.</summary>
    private protected const string Queue = "bad";

    private protected const string List = "queue:" + Queue + ":normal";

    /// <summary>Warnings about single jobs: one each is right, whatever the number.</summary>
    private const int FirstOfJobs = 200;
    private const int FirstOfRedis = 300;

    private protected IDatabase Database => Server.Database;

    private protected async Task BeginFleetAsync()
    {
        await BeginAsync();
        await JoinedAsync(StartWorker(), StartWorker());
        await Monitor.PauseAsync(Queue, TestContext.Current.CancellationToken);
    }

    /// <summary>A job that works for no time and waits where it can be damaged.</summary>
    private protected Task<JobId> EnqueueAsync(int args = 0)
        => Jobs.EnqueueAsync(ChaosHandlers.Work, args, static options => options.Queue = Queue, TestContext.Current.CancellationToken);

    private protected Flow StartGoodJobs() => Flow.Start(Jobs, Monitor, () => new JobRequest(ChaosHandlers.Work, Random.Next(4)));

    private protected Task StateIsAsync(JobId id, JobState state) => Condition.HoldsAsync(
        async () => (await Jobs.GetAsync(id))?.State == state, async () => $"job {id} becomes {state}; it is {(await Jobs.GetAsync(id))?.State}, and the store has {string.Join('\n', (await Monitor.VerifyAsync()).Violations)}");

    /// <summary>What a dry run tells of, and what it leaves, before the repair that does it.</summary>
    private protected async Task RepairAsync(params RedisKey[] damaged)
    {
        var before = await DumpAsync(damaged);
        var planned = await Monitor.RepairAsync(dryRun: true, TestContext.Current.CancellationToken);
        planned.Repairs.Should().NotBeEmpty().And.OnlyContain(static repair => !repair.IsDone, "a dry run does nothing");
        (await DumpAsync(damaged)).Should().BeEquivalentTo(before, static o => o.WithStrictOrdering(), "a dry run writes nothing");

        (await Monitor.RepairAsync(dryRun: false, TestContext.Current.CancellationToken)).IsComplete.Should().BeTrue("all is mended that can be");
    }

    /// <summary>Every good job has run, the workers are those that began, the log is short, and the store is as it must be.</summary>
    private protected async Task EndAsync(IReadOnlyCollection<JobId> good, int mostLines)
    {
        await Condition.HoldsAsync(
            async () => good.Except((await Audit.CompletionsAsync()).Select(static note => note.Id)).Any() is false,
            async () => $"every good job has run; the counts are {await Monitor.GetCountsAsync()}\n{string.Join('\n', (await Audit.LogAsync()).TakeLast(20))}");
        Workers.Should().OnlyContain(static worker => !worker.HasExited, "no worker ends");
        await JoinedAsync(Workers);

        var lines = (await Audit.LogAsync()).Where(static line => line.EventId is < FirstOfJobs or >= FirstOfRedis).ToList();
        Figures.Add("good_jobs", good.Count).Add("log_lines", lines.Count).Add("dead", (await Monitor.GetCountsAsync()).Dead);
        Say(Figures.ToString());
        lines.Should().HaveCountLessThanOrEqualTo(mostLines, "nothing floods the log, but it has\n{0}", string.Join('\n', lines));
        lines.Should().NotContain(static line => line.EventId == LoopFailed);
        await IsCleanAsync();
        NoAccount();
    }

    private protected async Task IsCleanAsync() => (await Monitor.VerifyAsync(TestContext.Current.CancellationToken)).Violations.Should().BeEmpty("the store is as it must be");

    private async Task<byte[]?[]> DumpAsync(RedisKey[] keys) => await Task.WhenAll(keys.Select(key => Database.KeyDumpAsync(key)));
}
