using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class ReleaseScriptTests(TestServer server) : ScriptTest(server)
{
    private const long Hour = 3_600_000;

    private protected override string ScriptName => "release";

    private protected override void Seed(StoreSeed seed) => seed
        .Worker("w").Running("a").Running("b", line: "high|mail").Running("c").Cancelling("d").Running("e", "other")
        .Traces("a").Idle("x").Idle("y", "mail").Scheduled("z", TimeSpan.FromHours(5));

    private protected override Task CallAsync(RedisShard shard)
        => SendAsync(shard, Back("a"), Back("b", "high|mail"), Back("c", delay: Hour), Back("d"), Back("e"));

    [Fact]
    public async Task Release_puts_jobs_back_in_front_in_their_old_order()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c", line: "high|mail").Pending("d", "e"));

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(Store.Shard, Back("a"), Back("c", "high|mail"), Back("b")));

        statuses.Should().Equal(ScriptStatus.Applied, ScriptStatus.Applied, ScriptStatus.Applied);
        changes.Should().Equal(
            "queue:default:normal list: e, d, b, a",
            "queue:mail:high list: c",
            "ready set: high|mail, normal|default",
            "running gone");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Release_with_a_delay_schedules()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b", line: "high|mail"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, Back("a", delay: Hour), Back("b", "high|mail", 2 * Hour)));

        changes.Should().Equal("running gone", "scheduled zset: now+1h normal|default|a, now+2h high|mail|b");
    }

    [Fact]
    public async Task Release_keeps_the_crash_count()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Traces("a"));

        (await Store.ChangesOfAsync(() => SendAsync(Store.Shard, Back("a")))).Should().NotContain(static change => change.StartsWith("crashes", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Hour)]
    public async Task Release_does_not_let_a_job_wait_again_that_was_asked_to_stop(long delay)
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a"));

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(Store.Shard, Back("a", delay: delay)));

        statuses.Should().Equal(ScriptStatus.Cancelled);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Release_refuses_a_token_that_is_not_held_or_no_longer()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "w", fetchNumber: 2).Running("b", "other").Running("c"));
        await SendAsync(Store.Shard, Back("c"));

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(Store.Shard, Back("a"), Back("b"), Back("c"), Back("x")));

        statuses.Should().AllBeEquivalentTo(ScriptStatus.Refused).And.HaveCount(4);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Release_wakes_one_worker_of_each_queue()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c", line: "high|mail").Idle("x").Idle("y").Idle("z", "mail"));

        var heard = await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Back("a"), Back("b"), Back("c", "high|mail")));

        heard.Should().Equal("wake:x 1", "wake:z 1");
    }

    [Fact]
    public async Task Release_with_a_delay_tells_the_timers_of_a_new_earliest_time_only()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Idle("x").Scheduled("z", TimeSpan.FromHours(2)));

        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Back("a", delay: 3 * Hour)))).Should().BeEmpty();
        var heard = await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Back("b", delay: Hour)));

        var earliest = await Store.Database.SortedSetScoreAsync(Store.Key("scheduled"), "normal|default|" + TestJob.IdText("b"));
        heard.Should().Equal($"timers {earliest}");
    }

    [Fact]
    public async Task Release_takes_a_batch_of_500()
    {
        var names = Enumerable.Range(0, 500).Select(static number => $"{number:0000}").ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Running(name)));

        var statuses = await SendAsync(Store.Shard, [.. names.Select(static name => Back(name))]);

        statuses.Should().AllBeEquivalentTo(ScriptStatus.Applied);
        var keyspace = await Store.LookAsync();
        keyspace.Find("queue:default:normal")!.Items.Select(TestJob.Shorten).Should().Equal(names.Reverse());
        Homes.EveryIdHasAHome(keyspace);
    }

    private static ReleaseItem Back(string name, string line = TestJob.DefaultLine, long delay = 0) => new(TestJob.IdText(name), TestJob.Token("w"), line, delay);

    private static Task<ScriptStatus[]> SendAsync(RedisShard shard, params ReleaseItem[] jobs) => ReleaseScript.RunAsync(shard, jobs, CancellationToken.None);
}
