using JobQueue.Chaos.Tests.Infrastructure;
using StackExchange.Redis;
using Condition = JobQueue.Chaos.Tests.Infrastructure.Condition;

namespace JobQueue.Chaos.Tests.Hostile;

/// <summary>Ids in two places, and entries that are no ids, in a store that is at work.</summary>
public sealed class TwoPlacesTests(AuditServer auditServer, ITestOutputHelper output) : HostileScenario(auditServer, output)
{
    private const string Line = "normal|" + Queue;
    private const string Finished = "|1700000000000|100";
    private const string LostToken = "ghost-1|1|1700000000000";
    private const double LongAgo = 1_700_000_000_000;
    private const double FarAhead = 4_000_000_000_000;

    [Fact]
    public async Task Each_job_in_two_places_runs_once_when_it_is_repaired()
    {
        await BeginFleetAsync();
        await using var flow = StartGoodJobs();
        var twice = await EnqueueAsync();
        var scheduled = await EnqueueAsync();
        var retrying = await EnqueueAsync();
        var dead = await EnqueueAsync();
        var twoLists = await EnqueueAsync();
        var orphan = await EnqueueAsync();
        await Database.ListLeftPushAsync(Keys.Key(List), twice.ToString());
        await Database.SortedSetAddAsync(Keys.Key("scheduled"), Line + "|" + scheduled, FarAhead);
        await Database.SortedSetAddAsync(Keys.Key("retrying"), Line + "|" + retrying, FarAhead);
        await Database.SortedSetAddAsync(Keys.Key("dead"), dead.ToString(), FarAhead);
        await Database.ListLeftPushAsync(Keys.Key($"queue:{Queue}:high"), twoLists.ToString());
        await Database.SetAddAsync(Keys.Key("ready"), "high|" + Queue);
        await Database.ListRemoveAsync(Keys.Key(List), orphan.ToString());

        var found = (await Monitor.VerifyAsync()).Violations.ToLookup(static violation => violation.Kind, static violation => violation.JobId!.Value);
        found[ViolationKind.TwoHomes].Concat(found[ViolationKind.LineDisagrees]).Distinct().Should().BeEquivalentTo([scheduled, retrying, dead, twoLists]);
        found[ViolationKind.TwiceInList].Should().BeEquivalentTo([twice]);
        found[ViolationKind.NoHome].Should().BeEquivalentTo([orphan]);
        await RepairAsync(Keys.Key(List), Keys.Key("scheduled"), Keys.Key("retrying"), Keys.Key("dead"));

        JobId[] all = [twice, scheduled, retrying, dead, twoLists, orphan];
        await Monitor.ResumeAsync(Queue);
        foreach (var id in all)
        {
            await StateIsAsync(id, JobState.Completed);
        }

        (await Audit.StartsAsync()).Select(static note => note.Id).Where(all.Contains).Should().OnlyHaveUniqueItems("each runs once");
        await EndAsync([.. all, .. await flow.StopAsync()], mostLines: 40);
    }

    [Fact]
    public async Task A_job_that_has_ended_and_stands_in_a_list_again_does_not_run_again()
    {
        await BeginFleetAsync();
        await using var flow = StartGoodJobs();
        await Monitor.ResumeAsync(Queue);
        var id = await EnqueueAsync();
        await StateIsAsync(id, JobState.Completed);

        await Monitor.PauseAsync(Queue);
        await Database.ListLeftPushAsync(Keys.Key(List), id.ToString());
        await Database.SetAddAsync(Keys.Key("ready"), Line);
        (await Monitor.VerifyAsync()).Violations.Should().Contain(violation => violation.JobId == id);
        var behind = await EnqueueAsync();
        await Monitor.ResumeAsync(Queue);

        await StateIsAsync(behind, JobState.Completed);
        (await Audit.StartsAsync()).Count(note => note.Id == id).Should().Be(1);
        await EndAsync([id, behind, .. await flow.StopAsync()], mostLines: 40);
    }

    [Fact]
    public async Task Entries_that_are_no_jobs_stop_nobody_are_named_and_are_removed()
    {
        await BeginFleetAsync();
        await using var flow = StartGoodJobs();
        var job = await EnqueueAsync();
        foreach (RedisValue junk in new RedisValue[] { "", "junk", "0123456789ABCDEF0123456789ABCDEF", new string('z', 32), new byte[] { 0xff, 0x00 }, new string('x', 100_000) })
        {
            await PlantAsync(junk);
        }

        // Of the wrong form but due: the promoter meets them at once, and again and again.
        foreach (var junk in new[] { "|||", "normal||x", "urgent|" + Queue + "|junk", Line + "|junk" })
        {
            await Database.SortedSetAddAsync(Keys.Key("scheduled"), junk, LongAgo);
        }

        // Under leases of workers that never were: the recoverer meets them.
        var ghost = await EnqueueAsync();
        await Database.ListRemoveAsync(Keys.Key(List), ghost.ToString());
        await Database.HashSetAsync(Keys.Key("running"), [new(ghost.ToString(), LostToken), new("0123456789abcdef0123456789abcd00", "no token")]);

        (await Monitor.VerifyAsync()).Violations.Count(static violation => violation.Kind == ViolationKind.MalformedEntry).Should().BeGreaterThan(20, "each kind of junk is named in each place");
        await RepairAsync();
        await Condition.HoldsAsync(
            async () => (await Monitor.RepairAsync(dryRun: false)) is { IsComplete: true, Repairs.Count: 0 },
            async () => "nothing is left to mend: " + string.Join('\n', (await Monitor.VerifyAsync()).Violations));

        await Monitor.ResumeAsync(Queue);
        await StateIsAsync(job, JobState.Completed);
        await StateIsAsync(ghost, JobState.Completed);
        await EndAsync([job, ghost, .. await flow.StopAsync()], mostLines: 40);
    }

    /// <summary>The same junk in every place that holds ids.</summary>
    private async Task PlantAsync(RedisValue junk)
    {
        await Database.ListRightPushAsync(Keys.Key(List), junk);
        await Database.SortedSetAddAsync(Keys.Key("scheduled"), junk, LongAgo);
        await Database.SortedSetAddAsync(Keys.Key("retrying"), junk, LongAgo);
        await Database.SortedSetAddAsync(Keys.Key("dead"), junk, LongAgo);
        await Database.HashSetAsync(Keys.Key("running"), junk, junk);
        await Database.SetAddAsync(Keys.Key("ready"), junk);
        await Database.SetAddAsync(Keys.Key("cancelling"), junk);
        await Database.HashSetAsync(Keys.Key("crashes"), junk, junk);
        await Database.HashSetAsync(Keys.Key("progress"), junk, junk);
        await Database.HashSetAsync(Keys.Key("attached"), junk, junk);
        await Database.ListRightPushAsync(Keys.Key("completed"), junk);
        await Database.ListRightPushAsync(Keys.Key("cancelled"), junk + Finished);
    }
}
