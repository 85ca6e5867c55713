using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests;

/// <summary>A worker that is killed and started again under the same configured name, alone in its fleet.</summary>
public sealed class ReusedNameTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const string Name = "the-same";
    private const int Held = 20;
    private const string End = "end";

    [Fact]
    public async Task A_worker_started_again_under_its_name_has_its_old_jobs_recovered_and_does_not_keep_them_alive()
    {
        await BeginAsync();
        var first = Start();
        await JoinedAsync(first);
        var ids = await Jobs.EnqueueManyAsync(Enumerable.Range(0, Held).Select(static _ => new JobRequest(ChaosHandlers.Gated, End)));
        await Condition.HoldsAsync(async () => await Audit.CountStartsAsync() == Held, "every job runs");
        var before = (await Keys.LeasesAsync()).Keys.Single();

        first.Kill();
        (await Keys.LeasedByAsync(Name)).Should().BeEquivalentTo(ids, "the killed worker held them all");
        var second = Start();
        await JoinedAsync(second);
        await Condition.HoldsAsync(async () => (await Audit.StartsAsync()).Count(note => note.Process == second.Name) == Held, "every job runs again");

        (await Keys.LostAsync()).Should().Equal(before);
        var after = (await Keys.LeasesAsync()).Keys.Should().ContainSingle("the old worker is gone").Subject;
        after.Should().StartWith(Name + "-").And.NotBe(before);
        Open(End);
        var account = await AccountAsync(ids);
        account.Counts.TotalRecovered.Should().Be(Held);
        account.ExtraStarts.Should().HaveCount(Held).And.OnlyContain(static again => again.Value == 1);
        account.ExtraCompletions.Should().BeEmpty();
        account.CompletedJobs.Should().OnlyContain(job => job.Attempts.Count == 1 && job.Attempts[0].WorkerId == after);
    }

    private WorkerProcess Start() => StartWorker(static settings => settings with { Name = Name });
}
