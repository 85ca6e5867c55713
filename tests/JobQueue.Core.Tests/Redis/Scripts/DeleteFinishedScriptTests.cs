using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>Deleting a job that has finished.</summary>
public sealed class DeleteFinishedScriptTests(TestServer server) : ScriptTest(server)
{
    private const string Fingerprint = "0123456789abcdef";

    private protected override string ScriptName => "delete";

    private protected override IReadOnlyCollection<string> Removed => ["a"];

    private protected override void Seed(StoreSeed seed) => SeedGroup(seed, "a").Traces("a").Dead("b").Completed("c").Cancelled("d");

    private protected override Task CallAsync(RedisShard shard) => DeleteScriptTests.DeleteAsync(shard, "a", JobState.Dead, Grouped("a"));

    [Theory]
    [InlineData(JobState.Completed, "completed")]
    [InlineData(JobState.Cancelled, "cancelled")]
    public async Task Delete_takes_the_entry_of_a_finished_job_out_of_its_list(JobState state, string list)
    {
        var length = TestJob.Record("a", status: StatusOf(state)).Length;
        await Store.SeedAsync(seed => Finished(Finished(seed, state, "a"), state, "b").Hash("stats", list + "_bytes", length + 11));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await DeleteAsync(state));

        status.Should().Be(ScriptStatus.Applied);
        changes.Should().Equal(
            $"{list} list: b|{TestJob.LongAgo}|{length}",
            "job:a gone",
            $"stats hash: {list}_bytes=11, deleted=1");
    }

    [Fact]
    public async Task Delete_of_a_job_without_an_entry_leaves_the_sum_of_bytes_alone()
    {
        await Store.SeedAsync(static seed => seed
            .Text("job:" + TestJob.IdText("a"), TestJob.Record("a", status: TerminalStatus.Completed)).Completed("b").Hash("stats", "completed_bytes", 500));

        var changes = await Store.ChangesOfAsync(() => DeleteAsync(JobState.Completed));

        changes.Should().Equal("job:a gone", "stats hash: completed_bytes=500, deleted=1");
    }

    [Fact]
    public async Task Delete_of_a_job_that_was_cancelled_while_it_waited_keeps_its_tombstone()
    {
        await Store.SeedAsync(static seed => seed.Pending("a", "b"));
        await CancelCall.Of("a").SendAsync(Store.Shard);

        var changes = await Store.ChangesOfAsync(() => DeleteAsync(JobState.Cancelled));

        changes.Should().Equal("cancelled gone", "job:a gone", "stats hash: cancelled=1, cancelled_bytes=0, deleted=1");
        var keyspace = await Store.LookAsync();
        keyspace.Find("tombstones")!.Items.Should().Equal(TestJob.IdText("a") + "=normal|default");
        keyspace.Find("tombstones:count")!.Items.Should().Equal("normal|default=1");
    }

    [Fact]
    public async Task Delete_removes_a_dead_job_with_everything_kept_for_it()
    {
        var key = "job:" + TestJob.IdText("a");
        await Store.SeedAsync(seed => seed.Dead("a").Dead("b").Traces("a").Traces("b").Text(key + ":log", "line").Hash(key + ":steps", "s", 1).Attached("a").Attached("b"));
        await Store.Database.SetAddAsync(Store.Key("cancelling"), [TestJob.IdText("a"), TestJob.IdText("b")]);

        var changes = await Store.ChangesOfAsync(() => DeleteAsync(JobState.Dead));

        changes.Should().Equal(
            "attached hash: b=1",
            "cancelling set: b",
            "crashes hash: b=1",
            "dead zset: now b",
            "job:a gone",
            "job:a:log gone",
            "job:a:steps gone",
            "progress hash: b=50",
            "stats hash: deleted=1");
    }

    [Fact]
    public async Task Delete_takes_a_dead_job_out_of_its_group_and_the_last_one_takes_the_group_along()
    {
        await Store.SeedAsync(static seed => SeedGroup(SeedGroup(seed, "a"), "b"));

        var changes = await Store.ChangesOfAsync(() => DeleteScriptTests.DeleteAsync(Store.Shard, "a", JobState.Dead, Grouped("a")));
        changes.Should().Equal($"dead zset: now b", $"dead:{Fingerprint} zset: now b", "job:a gone", "stats hash: deleted=1");

        changes = await Store.ChangesOfAsync(() => DeleteScriptTests.DeleteAsync(Store.Shard, "b", JobState.Dead, Grouped("b")));
        changes.Should().Equal("dead gone", $"dead:{Fingerprint} gone", "dead:groups gone", "job:b gone", "stats hash: deleted=2");
    }

    [Fact]
    public async Task Delete_refuses_a_dead_job_that_was_requeued_since_it_was_read()
    {
        await Store.SeedAsync(static seed => seed.Pending("a"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await DeleteAsync(JobState.Dead));

        status.Should().Be(ScriptStatus.Conflict);
        changes.Should().BeEmpty();
    }

    private Task<ScriptStatus> DeleteAsync(JobState state)
        => DeleteScriptTests.DeleteAsync(Store.Shard, "a", state, TestJob.Record("a", status: StatusOf(state)));

    private static TerminalStatus StatusOf(JobState state) => state switch
    {
        JobState.Completed => TerminalStatus.Completed,
        JobState.Cancelled => TerminalStatus.Cancelled,
        _ => TerminalStatus.Failed,
    };

    private static StoreSeed Finished(StoreSeed seed, JobState state, string name) => state == JobState.Completed ? seed.Completed(name) : seed.Cancelled(name);

    private static StoreSeed SeedGroup(StoreSeed seed, string name) => seed
        .Dead(name)
        .Text("job:" + TestJob.IdText(name), Grouped(name))
        .SortedSet("dead:" + Fingerprint, TestJob.IdText(name), TimeSpan.Zero)
        .Hash("dead:groups", Fingerprint, "{}");

    private static byte[] Grouped(string name)
    {
        var record = JobRecordReader.TryRead(TestJob.Id(name), TestJob.Record(name, status: TerminalStatus.Failed), out _)!;
        record.Fingerprint = Fingerprint;
        return JobRecordWriter.Write(record);
    }
}
