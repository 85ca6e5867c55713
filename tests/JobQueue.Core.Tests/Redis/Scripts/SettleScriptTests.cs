using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class SettleScriptTests(TestServer server) : ScriptTest(server)
{
    private const long Hour = 3_600_000;

    private protected override string ScriptName => "settle";

    private protected override void Seed(StoreSeed seed) => seed
        .Worker("w").Running("a").Running("b").Cancelling("c").Running("d", "other")
        .Traces("a").Traces("b").Waiter("b").Retrying("z", TimeSpan.FromHours(5));

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, Retry("a"), Bury("b"), Retry("c"), Bury("d"));

    [Fact]
    public async Task Settle_puts_a_job_with_retries_left_into_retrying()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b", line: "high|mail"));

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(
            async () => statuses = await SendAsync(Store.Shard, Retry("a", Hour), Retry("b", 3 * Hour, "high|mail")));

        statuses.Should().Equal(ScriptStatus.Applied, ScriptStatus.Applied);
        changes.Should().Equal(
            "job:a string: a has failed",
            "job:b string: b has failed",
            "retrying zset: now+1h normal|default|a, now+3h high|mail|b",
            "running gone",
            "stats hash: failed=2, retried=2");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Settle_puts_a_job_without_retries_into_the_dead_letters()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, Bury("a"), Bury("b")));

        changes.Should().Equal(
            "dead zset: now a, now b",
            "job:a string: a has failed",
            "job:b string: b has failed",
            "running gone",
            "stats hash: dead=2, failed=2");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Settle_clears_what_was_kept_while_the_job_ran()
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a").Traces("a").Cancelling("b").Traces("b"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, Bury("a") with { Outcome = SettleOutcome.Cancelled }));

        changes.Should().Contain("cancelling set: b").And.Contain("crashes hash: b=1").And.Contain("progress hash: b=50");
    }

    [Fact]
    public async Task Settle_does_not_let_a_job_wait_again_that_was_asked_to_stop()
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a"));

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(Store.Shard, Retry("a")));

        statuses.Should().Equal(ScriptStatus.Cancelled);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Settle_does_not_let_a_job_die_of_a_failure_that_was_asked_to_stop()
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a").Cancelling("b"));

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(Store.Shard, Bury("a"), Bury("b") with { RunField = "" }));

        statuses.Should().Equal(ScriptStatus.Cancelled, ScriptStatus.Applied);
        changes.Should().Contain("dead zset: now b", "no handler ran: the job was dead for a reason of its own").And.NotContain(static change => change.StartsWith("job:a"));
    }

    [Theory]
    [InlineData(SettleOutcome.Retrying)]
    [InlineData(SettleOutcome.Dead)]
    internal async Task Settle_refuses_a_stale_lease(SettleOutcome outcome)
    {
        await Store.SeedAsync(static seed => seed.Running("a", "w", fetchNumber: 2));

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(Store.Shard, Retry("a") with { Outcome = outcome }));

        statuses.Should().Equal(ScriptStatus.Refused);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Settle_sent_again_answers_already_applied_even_after_the_job_was_promoted()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b"));
        await SendAsync(Store.Shard, Retry("a", 0), Bury("b"));
        await PromoteScript.RunAsync(Store.Shard, 500, default);

        (await SendAsync(Store.Shard, Retry("a", 0), Bury("b"))).Should().Equal(ScriptStatus.AlreadyApplied, ScriptStatus.AlreadyApplied);
    }

    [Fact]
    public async Task Settle_of_a_job_that_is_gone_answers_already_applied()
        => (await SendAsync(Store.Shard, Retry("a"))).Should().Equal(ScriptStatus.AlreadyApplied);

    [Fact]
    public async Task Settle_tells_the_timers_of_a_new_earliest_time_only()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Retrying("z", TimeSpan.FromHours(2)));

        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Retry("a", 3 * Hour)))).Should().BeEmpty();
        var heard = await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Retry("b", Hour)));

        var earliest = await Store.Database.SortedSetScoreAsync(Store.Key("retrying"), "normal|default|" + TestJob.IdText("b"));
        heard.Should().Equal($"timers {earliest}");
    }

    [Fact]
    public async Task Settle_tells_those_who_wait_of_the_dead_only()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Retrying("z", default).Waiter("a").Waiter("b"));

        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Retry("a", Hour), Bury("b")))).Should().Equal("finished b");
    }

    [Fact]
    public async Task Settle_takes_a_batch_of_500()
    {
        var names = Enumerable.Range(0, 500).Select(static number => $"{number:0000}").ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Running(name)));

        var statuses = await SendAsync(Store.Shard, [.. names.Select((name, position) => position % 2 == 0 ? Retry(name) : Bury(name))]);

        statuses.Should().AllBeEquivalentTo(ScriptStatus.Applied);
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    private static SettleItem Retry(string name, long delay = Hour, string line = TestJob.DefaultLine) => Item(name, SettleOutcome.Retrying, delay, line);

    private static SettleItem Bury(string name) => Item(name, SettleOutcome.Dead, 0, TestJob.DefaultLine);

    private static SettleItem Item(string name, SettleOutcome outcome, long delay, string line)
        => new(TestJob.IdText(name), TestJob.Token("w"), outcome, delay, line, TestJob.LongAgo, "work", "w3", "r5", "{}"u8.ToArray(), Encoding.UTF8.GetBytes(name + " has failed"));

    private static Task<ScriptStatus[]> SendAsync(RedisShard shard, params SettleItem[] jobs) => SettleScript.RunAsync(shard, jobs, CancellationToken.None);
}
