using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>Deleting a job that lives.</summary>
public sealed class DeleteScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "delete";

    private protected override IReadOnlyCollection<string> Removed => ["a"];

    private protected override void Seed(StoreSeed seed) => seed
        .PendingIn("high|mail", "a", "b").Traces("a").Traces("b").Attached("a").Waiter("a").Completed("c").Cancelled("d").Dead("e");

    private protected override Task CallAsync(RedisShard shard) => DeleteAsync(shard, "a", JobState.Pending, TestJob.Record("a", "high|mail"));

    [Fact]
    public async Task Delete_removes_a_waiting_job_and_leaves_its_id_to_fetch_under_a_tombstone()
    {
        var key = "job:" + TestJob.IdText("a");
        await Store.SeedAsync(seed => seed.Pending("a", "b").Traces("a").Traces("b").Text(key + ":log", "line").Hash(key + ":steps", "s", 1).Attached("a").Attached("b"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await DeleteAsync(Store.Shard, "a", JobState.Pending, TestJob.Record("a")));

        status.Should().Be(ScriptStatus.Applied);
        changes.Should().Equal(
            "attached hash: b=1",
            "crashes hash: b=1",
            "job:a gone",
            "job:a:log gone",
            "job:a:steps gone",
            "progress hash: b=50",
            "stats hash: deleted=1",
            "tombstones hash: a=normal|default",
            "tombstones:count hash: normal|default=1");
    }

    [Theory]
    [InlineData("scheduled")]
    [InlineData("retrying")]
    public async Task Delete_takes_a_job_that_waits_for_its_time_out_of_its_set(string place)
    {
        await Store.SeedAsync(seed => CancelCall.SeedTimed(seed, place, "a", "b"));
        var state = Enum.Parse<JobState>(place, ignoreCase: true);

        var changes = await Store.ChangesOfAsync(() => DeleteAsync(Store.Shard, "a", state, TestJob.Record("a", "high|mail")));

        changes.Should().Equal("job:a gone", $"{place} zset: now+1h high|mail|b", "stats hash: deleted=1");
    }

    [Fact]
    public async Task Delete_of_a_suspect_lays_the_tombstone_in_the_line_of_suspects()
    {
        await Store.SeedAsync(static seed => seed
            .Listed("suspect|default", "a").Text("job:" + TestJob.IdText("a"), TestJob.Record("a"))
            .Hash("crashes", TestJob.IdText("a"), $"2|{TestJob.LongAgo}|suspect"));

        await DeleteAsync(Store.Shard, "a", JobState.Pending, TestJob.Record("a"));

        (await Store.LookAsync()).Find("tombstones:count")!.Items.Should().Equal("suspect|default=1");
    }

    [Fact]
    public async Task Delete_refuses_a_running_job()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));

        await LeavesAloneAsync(JobState.Pending, TestJob.Record("a"), ScriptStatus.Refused);
    }

    [Theory]
    [InlineData("scheduled")]
    [InlineData("retrying")]
    public async Task Delete_refuses_a_job_that_has_moved_since_it_was_read(string found)
    {
        await Store.SeedAsync(seed => CancelCall.SeedTimed(seed, found, "a"));

        await LeavesAloneAsync(JobState.Pending, TestJob.Record("a", "high|mail"), ScriptStatus.Conflict);
    }

    [Fact]
    public async Task Delete_refuses_a_record_that_has_changed()
    {
        await Store.SeedAsync(static seed => seed.Pending("a"));

        await LeavesAloneAsync(JobState.Pending, TestJob.Record("b"), ScriptStatus.Conflict);
    }

    [Fact]
    public async Task Delete_sent_again_answers_not_found_and_counts_nothing_twice()
    {
        await Store.SeedAsync(static seed => seed.Pending("a"));
        await DeleteAsync(Store.Shard, "a", JobState.Pending, TestJob.Record("a"));

        await LeavesAloneAsync(JobState.Pending, TestJob.Record("a"), ScriptStatus.NotFound);
    }

    [Fact]
    public async Task Delete_tells_who_waits_and_who_listens()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Waiter("a").SortedSet("listeners", "l", TimeSpan.FromHours(1)));

        var published = await Publications.OfAsync(Store, () => DeleteAsync(Store.Shard, "a", JobState.Pending, TestJob.Record("a")));

        published.Should().HaveCount(2);
        published[0].Should().MatchRegex("^events [0-9]{13};deleted:a$");
        published[1].Should().Be("finished a");
    }

    internal static Task<ScriptStatus> DeleteAsync(RedisShard shard, string name, JobState state, byte[] previous)
        => DeleteScript.RunAsync(shard, new(TestJob.Id(name), state, previous, TestJob.LongAgo), CancellationToken.None);

    private async Task LeavesAloneAsync(JobState state, byte[] previous, ScriptStatus expected)
    {
        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await DeleteAsync(Store.Shard, "a", state, previous));

        status.Should().Be(expected);
        changes.Should().BeEmpty();
    }
}
