using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class FireRecurringScriptTests(TestServer server) : ScriptTest(server)
{
    private const long Due = TestJob.LongAgo;
    private const long Next = TestJob.LongAgo + 3_600_000;

    private protected override string ScriptName => "fire_recurring";

    private protected override void Seed(StoreSeed seed) => seed.Recurring("tick", Due).Recurring("report", Due, "shop").Recurring("once", Due).Idle("w").Pending("z");

    private protected override Task CallAsync(RedisShard shard)
        => SendAsync(shard, Fire("tick", "a"), Fire("report", "b", "c") with { Owner = "shop" }, Fire("once", "d") with { Next = null });

    [Fact]
    public async Task Fire_enqueues_the_jobs_and_moves_on_to_the_next_time()
    {
        await Store.SeedAsync(Seed);

        (ScriptStatus[] Statuses, int[] Enqueued) reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(
            Store.Shard, Fire("tick", "a"), Fire("report", "b", "c") with { Owner = "shop" }, Fire("once", "d") with { Next = null }));

        reply.Statuses.Should().AllBeEquivalentTo(ScriptStatus.Applied);
        reply.Enqueued.Should().Equal(1, 2, 1);
        changes.Should().Equal(
            "idle gone",
            "job:a string: record of a",
            "job:b string: record of b",
            "job:c string: record of c",
            "job:d string: record of d",
            "queue:default:normal list: d, c, b, a, z",
            "recent list: d, c, b, a",
            $"recurring:due zset: {Next} tick",
            $"recurring:due:shop zset: {Next} report",
            $"recurring:state hash: once=|{Due}|now|d|8||{Due}|, report=|{Due}|now|c|9|{Due}|{Due}|shop, tick=|{Due}|now|a|8||{Due}|",
            "stats hash: enqueued=4");
    }

    [Fact]
    public async Task Fire_of_a_time_that_another_process_has_fired_enqueues_nothing()
    {
        await Store.SeedAsync(Seed);
        await SendAsync(Store.Shard, Fire("tick", "a"));

        (ScriptStatus[] Statuses, int[] Enqueued) reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(Store.Shard, Fire("tick", "x")));

        reply.Statuses.Should().Equal(ScriptStatus.AlreadyApplied);
        reply.Enqueued.Should().Equal(0);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Fire_refuses_what_is_not_due_or_would_not_move_on()
    {
        var later = await Store.NowAsync() + 3_600_000;
        await Store.SeedAsync(seed => seed.Recurring("early", later).Recurring("stuck", Due).Recurring("off", null).Recurring("other", Due, "shop"));

        (ScriptStatus[] Statuses, int[] Enqueued) reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(
            Store.Shard,
            Fire("early", "a") with { Due = later, Next = later + 1, Occurrence = later },
            Fire("stuck", "b") with { Next = Due },
            Fire("off", "c"),
            Fire("other", "d"),
            Fire("gone", "e")));

        reply.Statuses.Should().Equal(ScriptStatus.Stale, ScriptStatus.Stale, ScriptStatus.Stale, ScriptStatus.NotFound, ScriptStatus.NotFound);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Fire_does_not_enqueue_an_id_that_exists_and_moves_on_all_the_same()
    {
        await Store.SeedAsync(static seed => seed.Recurring("tick", Due).Pending("a").Tombstone("b").Listed(TestJob.DefaultLine, "b"));

        (ScriptStatus[] Statuses, int[] Enqueued) reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(Store.Shard, Fire("tick", "a", "b")));

        reply.Statuses.Should().Equal(ScriptStatus.Applied);
        reply.Enqueued.Should().Equal(0);
        changes.Should().Equal($"recurring:due zset: {Next} tick", $"recurring:state hash: tick=|{Due}|now|b|7||{Due}|");
    }

    [Theory]
    [InlineData("pending", false)]
    [InlineData("running", false)]
    [InlineData("scheduled", false)]
    [InlineData("retrying", false)]
    [InlineData("completed", true)]
    [InlineData("cancelled", true)]
    [InlineData("dead", true)]
    [InlineData("gone", true)]
    public async Task Fire_leaves_an_occurrence_out_while_the_job_before_has_not_ended(string place, bool fires)
    {
        await Store.SeedAsync(seed => SeedAt(seed.Recurring("tick", Due, job: "p"), place));

        var (statuses, enqueued) = await SendAsync(Store.Shard, Fire("tick", "a") with { LeavesOutOverlap = true });

        statuses.Should().Equal(ScriptStatus.Applied);
        enqueued.Should().Equal(fires ? 1 : 0);
        (await Store.Database.SortedSetScoreAsync(Store.Key("recurring:due"), "tick")).Should().Be(Next);
        ((string?)await Store.Database.HashGetAsync(Store.Key("recurring:state"), "tick")).Should().StartWith(fires ? $"|{Due}|1" : $"|{Due}||{TestJob.IdText("p")}|7|");
    }

    [Fact]
    public async Task Run_now_enqueues_a_job_and_leaves_the_timetable_alone()
    {
        await Store.SeedAsync(static seed => seed.Recurring("tick", Due, switched: "0", job: "p"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, Fire("tick", "a") with { Due = null, Next = null }));

        changes.Should().Contain($"recurring:state hash: tick=0||now|a|8||{Due}|").And.Contain("queue:default:normal list: a")
            .And.NotContain(static change => change.StartsWith("recurring:due", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fire_wakes_one_worker_and_tells_who_listens()
    {
        await Store.SeedAsync(static seed => seed.Recurring("tick", Due).Idle("x").SortedSet("listeners", "l", TimeSpan.FromHours(1)));

        var published = await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Fire("tick", "a")));

        published.Should().HaveCount(2);
        published[0].Should().MatchRegex("^events [0-9]{13};pending:a$");
        published[1].Should().Be("wake:x 1");
    }

    private static void SeedAt(StoreSeed seed, string place)
    {
        _ = place switch
        {
            "pending" => seed.Pending("p"),
            "running" => seed.Running("p"),
            "scheduled" => seed.Scheduled("p", TimeSpan.FromHours(1)),
            "retrying" => seed.Retrying("p", TimeSpan.FromHours(1)),
            "completed" => seed.Completed("p"),
            "cancelled" => seed.Cancelled("p"),
            "dead" => seed.Dead("p"),
            _ => seed,
        };
    }

    private static RecurringFire Fire(string name, params string[] jobs) => new(
        name,
        Owner: "",
        Due,
        Next,
        Occurrence: Due,
        LeavesOutOverlap: false,
        [.. jobs.Select(static job => TestJob.Item(job, TestJob.DefaultLine, "", Encoding.UTF8.GetBytes("record of " + job)))]);

    private static Task<(ScriptStatus[] Statuses, int[] Enqueued)> SendAsync(RedisShard shard, params RecurringFire[] fires)
        => FireRecurringScript.RunAsync(shard, fires, CancellationToken.None);
}
