using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>Cancelling a job that waits for a worker.</summary>
public sealed class CancelScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "cancel";

    private protected override void Seed(StoreSeed seed) => seed
        .PendingIn("high|mail", "a", "b").Traces("a").Traces("b").Waiter("a").Cancelled("c").Pending("d").Tombstone("d");

    private protected override Task CallAsync(RedisShard shard) => CancelCall.Of("a", line: "high|mail").SendAsync(shard);

    [Fact]
    public async Task Cancel_ends_a_waiting_job_and_leaves_its_id_to_fetch_under_a_tombstone()
    {
        await Store.SeedAsync(static seed => seed.PendingIn("high|mail", "a", "b").Traces("a").Traces("b"));
        var call = CancelCall.Of("a", line: "high|mail");

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await call.SendAsync(Store.Shard));

        status.Should().Be(ScriptStatus.Applied);
        changes.Should().Equal(
            $"cancelled list: a|{TestJob.LongAgo}|{call.Record.Length}",
            "crashes hash: b=1",
            $"job:a string: {TestJob.Shorten(Encoding.UTF8.GetString(call.Record))}",
            "progress hash: b=50",
            $"stats hash: cancelled=1, cancelled_bytes={call.Record.Length}",
            "tombstones hash: a=high|mail",
            "tombstones:count hash: high|mail=1");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Theory]
    [InlineData("scheduled")]
    [InlineData("retrying")]
    public async Task Cancel_takes_a_job_that_waits_for_its_time_out_of_its_set(string place)
    {
        await Store.SeedAsync(seed => CancelCall.SeedTimed(seed, place, "a", "b").Traces("a"));
        var call = CancelCall.Of("a", place, "high|mail");

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await call.SendAsync(Store.Shard));

        status.Should().Be(ScriptStatus.Applied);
        changes.Should().Equal(
            $"cancelled list: a|{TestJob.LongAgo}|{call.Record.Length}",
            "crashes gone",
            $"job:a string: {TestJob.Shorten(Encoding.UTF8.GetString(call.Record))}",
            "progress gone",
            $"{place} zset: now+1h high|mail|b",
            $"stats hash: cancelled=1, cancelled_bytes={call.Record.Length}");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Cancel_of_a_suspect_lays_the_tombstone_in_the_line_of_suspects()
    {
        await Store.SeedAsync(static seed => seed
            .Listed("suspect|mail", "a").Text("job:" + TestJob.IdText("a"), TestJob.Record("a", "high|mail"))
            .Hash("crashes", TestJob.IdText("a"), $"2|{TestJob.LongAgo}|suspect"));

        await CancelCall.Of("a", line: "high|mail").SendAsync(Store.Shard);

        var keyspace = await Store.LookAsync();
        keyspace.Find("tombstones:count")!.Items.Should().Equal("suspect|mail=1");
        keyspace.Find("crashes").Should().BeNull();
    }

    [Fact]
    public async Task Cancel_sent_again_answers_already_applied()
    {
        await Store.SeedAsync(static seed => seed.Pending("a"));
        await CancelCall.Of("a").SendAsync(Store.Shard);

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await CancelCall.Of("a").SendAsync(Store.Shard));

        status.Should().Be(ScriptStatus.AlreadyApplied);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Cancel_counts_an_id_once_that_has_a_tombstone_already()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Tombstone("a"));
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("a"), TestJob.Record("a")));

        (await CancelCall.Of("a").SendAsync(Store.Shard)).Should().Be(ScriptStatus.Applied);

        (await Store.LookAsync()).Find("tombstones:count")!.Items.Should().Equal("normal|default=1");
    }

    [Theory]
    [InlineData("pending", "scheduled")]
    [InlineData("pending", "retrying")]
    [InlineData("scheduled", "retrying")]
    [InlineData("retrying", "scheduled")]
    public async Task Cancel_refuses_a_job_that_has_moved_since_it_was_read(string read, string found)
    {
        await Store.SeedAsync(seed => CancelCall.SeedTimed(seed, found, "a"));

        await IsConflictAsync(CancelCall.Of("a", read, "high|mail"));
    }

    [Theory]
    [InlineData("scheduled")]
    [InlineData("retrying")]
    [InlineData("running")]
    public async Task Cancel_refuses_a_job_that_waits_for_a_worker_and_did_not_when_it_was_read(string read)
    {
        await Store.SeedAsync(static seed => seed.Pending("a"));

        await IsConflictAsync(CancelCall.Of("a", read));
    }

    [Fact]
    public async Task Cancel_refuses_a_record_that_has_changed()
    {
        await Store.SeedAsync(static seed => seed.Pending("a"));

        await IsConflictAsync(CancelCall.Of("a") with { Previous = TestJob.Record("b") });
    }

    [Fact]
    public async Task Cancel_refuses_a_job_that_has_finished_or_is_gone()
    {
        await Store.SeedAsync(static seed => seed.Completed("a").Dead("b"));

        await IsConflictAsync(CancelCall.Of("a"));
        await IsConflictAsync(CancelCall.Of("b") with { Previous = TestJob.Record("b", status: TerminalStatus.Failed) });
        await IsConflictAsync(CancelCall.Of("x"));
    }

    [Fact]
    public async Task Cancel_counts_in_the_minute_and_for_the_handler_in_the_hour()
    {
        await Store.SeedAsync(static seed => seed.Pending("a", "b"));

        await CancelCall.Of("a").SendAsync(Store.Shard);
        await CancelCall.Of("b").SendAsync(Store.Shard);

        var counted = 0L;
        foreach (var key in (await Store.FindKeysAsync()).Where(static key => ((string)key).Contains(":stats:", StringComparison.Ordinal)))
        {
            counted += (long)await Store.Database.HashGetAsync(key, "cancelled");
            (await Store.Database.KeyTimeToLiveAsync(key)).Should().BeGreaterThan(TimeSpan.FromHours(47));
        }

        counted.Should().Be(4, "each is counted once in a minute and once in an hour");
    }

    [Fact]
    public async Task Cancel_tells_who_waits_and_who_listens()
    {
        await Store.SeedAsync(static seed => seed.Pending("a", "b").Waiter("a").SortedSet("listeners", "l", TimeSpan.FromHours(1)));

        var published = await Publications.OfAsync(Store, () => CancelCall.Of("a").SendAsync(Store.Shard));

        published.Should().HaveCount(2);
        published[0].Should().MatchRegex("^events [0-9]{13};cancelled:a$");
        published[1].Should().Be("finished a");
    }

    private async Task IsConflictAsync(CancelCall call)
    {
        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await call.SendAsync(Store.Shard));

        status.Should().Be(ScriptStatus.Conflict);
        changes.Should().BeEmpty();
    }
}

/// <summary>Cancelling a job that waits for its time: what holds for every script.</summary>
public sealed class CancelTimedScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "cancel";

    private protected override void Seed(StoreSeed seed) => CancelCall.SeedTimed(seed, "retrying", "a", "b").Traces("a").Traces("b");

    private protected override Task CallAsync(RedisShard shard) => CancelCall.Of("a", "retrying", "high|mail").SendAsync(shard);
}

/// <summary>Asking a running job to stop.</summary>
public sealed class CancelRunningScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "cancel";

    private protected override void Seed(StoreSeed seed) => seed.Running("a", "w", 7).Traces("a").Cancelling("b");

    private protected override Task CallAsync(RedisShard shard) => AskAsync(shard);

    [Fact]
    public async Task Cancel_asks_the_holder_of_a_running_job_and_changes_nothing_else()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "w", 7).Traces("a"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await AskAsync(Store.Shard));

        status.Should().Be(ScriptStatus.Cancelling);
        changes.Should().Equal("cancelling set: a");
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("scheduled")]
    [InlineData("retrying")]
    public async Task Cancel_asks_a_job_that_runs_now_wherever_it_was_read(string read)
    {
        await Store.SeedAsync(static seed => seed.Running("a", "w", 7));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await CancelCall.Of("a", read).SendAsync(Store.Shard));

        status.Should().Be(ScriptStatus.Cancelling);
        changes.Should().Equal("cancelling set: a");
    }

    [Fact]
    public async Task Cancel_publishes_for_the_worker_that_holds_the_job_each_time()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "web-1-x7", 7));

        (await Publications.OfAsync(Store, () => AskAsync(Store.Shard))).Should().Equal("cancel web-1-x7|a");
        (await Publications.OfAsync(Store, () => AskAsync(Store.Shard))).Should().Equal("cancel web-1-x7|a");
    }

    private static Task<ScriptStatus> AskAsync(RedisShard shard) => CancelScript.RunAsync(shard, Cancellation.OfRunning(TestJob.Id("a")), CancellationToken.None);
}
