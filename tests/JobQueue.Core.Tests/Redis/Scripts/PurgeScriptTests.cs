using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class PurgeScriptTests(TestServer server) : ScriptTest(server)
{
    private const string Line = "normal|mail";
    private static readonly string Mark = TestJob.IdText("mark");

    private protected override string ScriptName => "purge";

    private protected override IReadOnlyCollection<string> Removed => ["a", "b"];

    private protected override void Seed(StoreSeed seed) => seed
        .PendingIn(Line, "a", "b", "c").Tombstone("c", Line).Traces("a").Traces("x").PendingIn("high|mail", "d").Running("e", line: Line)
        .Text("job:" + TestJob.IdText("a") + ":log", "line").Text("job:" + TestJob.IdText("b") + ":steps", "step").Attached("a").Attached("b").Attached("e").Waiter("b");

    private protected override async Task CallAsync(RedisShard shard)
    {
        await PurgeScript.MarkAsync(shard, Line, Mark, CancellationToken.None);
        await PurgeScript.RunAsync(shard, Line, Mark, CancellationToken.None);
    }

    [Fact]
    public async Task Purge_removes_what_waits_in_the_line_with_everything_kept_for_it()
    {
        await Store.SeedAsync(Seed);

        var changes = await Store.ChangesOfAsync(async () =>
        {
            (await MarkAsync()).Should().BeFalse();
            (await SendAsync()).Should().Be((2, true));
        });

        changes.Should().Equal(
            "attached hash: e=1",
            "crashes hash: x=1",
            "job:a gone",
            "job:a:log gone",
            "job:b gone",
            "job:b:steps gone",
            "progress hash: x=50",
            "queue:mail:normal gone",
            "ready set: high|mail",
            "stats hash: purged=2",
            "tombstones gone",
            "tombstones:count gone");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task A_mark_does_not_count_as_waiting()
    {
        await Store.SeedAsync(static seed => seed.PendingIn(Line, "a", "b"));

        await MarkAsync();
        await MarkAsync();

        (await CountsScript.RunAsync(Store.Shard, CancellationToken.None)).Pending.Should().Be(2);
        (await Store.LookAsync()).Find("queue:mail:normal")!.Items.Select(TestJob.Shorten).Should().Equal("mark", "b", "a");
    }

    [Fact]
    public async Task What_is_enqueued_after_the_mark_stays()
    {
        await Store.SeedAsync(static seed => seed.PendingIn(Line, "a", "b"));
        await MarkAsync();
        await Store.SeedAsync(static seed => seed.PendingIn(Line, "c"));

        (await SendAsync()).Should().Be((2, true));
        (await SendAsync()).Should().Be((0, true));

        (await Store.LookAsync()).Find("queue:mail:normal")!.Items.Select(TestJob.Shorten).Should().Equal("c");
    }

    [Fact]
    public async Task Purge_ends_when_workers_have_taken_all_that_stood_before_the_mark()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").PendingIn(Line, "a", "b"));
        await MarkAsync();
        await new FetchCall().SendAsync(Store.Shard);
        await Store.SeedAsync(static seed => seed.PendingIn(Line, "c"));

        (await SendAsync()).Should().Be((0, true));

        var keyspace = await Store.LookAsync();
        keyspace.Find("queue:mail:normal")!.Items.Select(TestJob.Shorten).Should().Equal("c");
        keyspace.Find("tombstones").Should().BeNull("fetch dropped the mark");
    }

    [Fact]
    public async Task Purge_keeps_the_record_of_a_cancelled_job_and_of_one_that_runs()
    {
        await Store.SeedAsync(static seed => seed.PendingIn(Line, "a", "b", "c").Tombstone("a", Line).Running("b", line: Line));
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("a"), TestJob.Record("a", Line, TerminalStatus.Cancelled)));

        await MarkAsync();
        (await SendAsync()).Should().Be((1, true));

        var keyspace = await Store.LookAsync();
        keyspace.Find("job:" + TestJob.IdText("a")).Should().NotBeNull();
        keyspace.Find("job:" + TestJob.IdText("b")).Should().NotBeNull();
        Homes.EveryIdHasAHome(keyspace);
    }

    [Fact]
    public async Task Purge_of_an_empty_line_leaves_no_mark()
        => (await Store.ChangesOfAsync(async () => (await MarkAsync()).Should().BeTrue())).Should().BeEmpty();

    [Fact]
    public async Task Purge_tells_those_who_wait_for_a_result_and_those_who_watch()
    {
        await Store.SeedAsync(static seed => seed.PendingIn(Line, "a", "b").Waiter("b").SortedSet("listeners", "me", TimeSpan.FromHours(1)));
        await MarkAsync();

        var heard = await Publications.OfAsync(Store, SendAsync);

        heard.Should().HaveCount(2);
        heard[0].Should().MatchRegex("^events [0-9]+;deleted:a,b$");
        heard[1].Should().Be("finished b");
    }

    private Task<bool> MarkAsync() => PurgeScript.MarkAsync(Store.Shard, Line, Mark, CancellationToken.None);

    private Task<(int Removed, bool IsDone)> SendAsync() => PurgeScript.RunAsync(Store.Shard, Line, Mark, CancellationToken.None);
}
