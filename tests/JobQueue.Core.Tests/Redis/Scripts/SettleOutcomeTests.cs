using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using static JobQueue.Core.Tests.Redis.Scripts.SettleCall;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>The four outcomes of an attempt side by side: what holds for every script, and what each leaves behind.</summary>
public sealed class SettleOutcomeTests(TestServer server) : ScriptTest(server)
{
    private const string Fingerprint = "00000000000000aa";
    private const string Other = "00000000000000bb";

    private protected override string ScriptName => "settle";

    private protected override void Seed(StoreSeed seed) => seed
        .Worker("w").Running("a").Running("b").Running("c").Cancelling("d").Cancelling("e").Running("f").Running("g", "other")
        .Traces("c").Traces("d").Waiter("c").Waiter("d").Dead("y", TimeSpan.FromHours(2), fingerprint: Fingerprint).Cancelled("z").Scheduled("x", TimeSpan.FromHours(5));

    private protected override Task CallAsync(RedisShard shard)
        => SendAsync(shard, Retry("a"), Schedule("b"), Dead("c", Fingerprint), Cancel("d"), Schedule("e"), Dead("f"), Cancel("g"));

    [Fact]
    public async Task Settle_enters_a_dead_job_with_a_fingerprint_in_its_group()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c").Running("d").Dead("z", TimeSpan.FromHours(2), fingerprint: Fingerprint));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, Dead("a", Fingerprint), Dead("b", Other), Dead("c"), Dead("d", Fingerprint)));

        changes.Should()
            .Contain($"dead:{Fingerprint} zset: now-2h z, now a, now d")
            .And.Contain($"dead:{Other} zset: now b")
            .And.Contain($"dead:groups hash: {Fingerprint}={Group}, {Other}={Group}", "the newest description is the one shown")
            .And.Contain("dead zset: now-2h z, now a, now b, now c, now d")
            .And.Contain("stats hash: dead=4, failed=4");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Settle_of_a_dead_job_without_a_fingerprint_makes_no_group()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, Dead("a")));

        changes.Should().NotContain(static change => change.StartsWith("dead:", StringComparison.Ordinal)).And.Contain("dead zset: now a");
    }

    [Fact]
    public async Task Settle_lists_a_cancelled_job_with_its_time_and_size_and_adds_to_the_sum()
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a").Traces("a").Running("b").Finished(TerminalStatus.Cancelled, "z", TimeSpan.FromHours(1)));
        var (a, b, z) = (Cancel("a"), Cancel("b"), Cancel("z").Record.Length);

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(Store.Shard, a, b with { FinishedAt = 1_700_000_000_005 }));

        statuses.Should().Equal(ScriptStatus.Applied, ScriptStatus.Applied);
        changes.Should().Equal(
            $"cancelled list: b|1700000000005|{b.Record.Length}, a|{TestJob.LongAgo}|{a.Record.Length}, z|now-1h|{z}",
            "cancelling gone",
            "crashes gone",
            "job:a string: " + TestJob.Shorten(Encoding.UTF8.GetString(a.Record)),
            "job:b string: " + TestJob.Shorten(Encoding.UTF8.GetString(b.Record)),
            "progress gone",
            "running gone",
            $"stats hash: cancelled=2, cancelled_bytes={a.Record.Length + b.Record.Length + z}");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Settle_counts_the_bytes_of_a_cancelled_record_and_not_its_letters()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));
        byte[] record = [.. Enumerable.Range(0, 256).Select(static value => (byte)value)];

        await SendAsync(Store.Shard, Cancel("a") with { Record = record });

        var keyspace = await Store.LookAsync();
        keyspace.Find("cancelled")!.Items.Should().Equal($"{TestJob.IdText("a")}|{TestJob.LongAgo}|256");
        ((byte[])await Store.Database.StringGetAsync(Store.Key("job:" + TestJob.IdText("a")))).Should().Equal(record);
    }

    [Fact]
    public async Task Settle_puts_a_job_off_into_scheduled()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b", line: "high|mail"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, Schedule("a"), Schedule("b", 2 * Hour, "high|mail").WithoutRun()));

        changes.Should().Equal(
            "job:a string: a is put off",
            "job:b string: b is put off",
            "running gone",
            "scheduled zset: now+1h normal|default|a, now+2h high|mail|b",
            "stats hash: snoozed=1");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Settle_counts_as_failed_only_attempts_in_which_the_handler_ran()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c").Running("d").Running("e"));

        await SendAsync(Store.Shard, Retry("a"), Retry("b").WithoutRun(), Dead("c"), Dead("d").WithoutRun(), Schedule("e"));

        (await Store.LookAsync()).Find("stats")!.Items.Should().Equal("dead=2", "failed=2", "retried=2", "snoozed=1");
    }

    [Theory]
    [InlineData(SettleOutcome.Retrying)]
    [InlineData(SettleOutcome.Scheduled)]
    internal async Task Settle_answers_cancelled_and_leaves_a_job_running_that_was_asked_to_stop(SettleOutcome outcome)
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a").Running("b"));

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(
            async () => statuses = await SendAsync(Store.Shard, Retry("a") with { Outcome = outcome }, Retry("b") with { Outcome = outcome }));

        statuses.Should().Equal(ScriptStatus.Cancelled, ScriptStatus.Applied);
        changes.Should().Contain($"running hash: a={TestJob.Token("w")}").And.NotContain(static change => change.StartsWith("cancelling", StringComparison.Ordinal));
        (await SendAsync(Store.Shard, Cancel("a"))).Should().Equal(ScriptStatus.Applied);
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Theory]
    [InlineData(SettleOutcome.Scheduled)]
    [InlineData(SettleOutcome.Cancelled)]
    internal async Task Settle_refuses_a_stale_lease(SettleOutcome outcome)
    {
        await Store.SeedAsync(static seed => seed.Running("a", "w", fetchNumber: 2).Running("b", "other"));

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(
            async () => statuses = await SendAsync(Store.Shard, Retry("a") with { Outcome = outcome }, Retry("b") with { Outcome = outcome }));

        statuses.Should().Equal(ScriptStatus.Refused, ScriptStatus.Refused);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Settle_sent_again_answers_already_applied_for_every_outcome()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c"));
        await SendAsync(Store.Shard, Schedule("a"), Cancel("b"), Dead("c", Fingerprint));

        (await SendAsync(Store.Shard, Schedule("a"), Cancel("b"), Dead("c", Fingerprint))).Should().AllBeEquivalentTo(ScriptStatus.AlreadyApplied).And.HaveCount(3);
    }

    [Fact]
    public async Task Settle_tells_those_who_wait_of_the_dead_and_the_cancelled()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c").Running("d").Waiter("a").Waiter("b").Waiter("c").Waiter("d")
            .Retrying("y", default).Scheduled("z", default));

        var heard = await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Retry("a"), Dead("b"), Schedule("c"), Cancel("d")));

        heard.Should().Equal("finished b,d");
    }

    [Theory]
    [InlineData(SettleOutcome.Retrying, "retrying")]
    [InlineData(SettleOutcome.Scheduled, "scheduled")]
    internal async Task Settle_tells_the_timers_of_the_first_job_of_a_set(SettleOutcome outcome, string set)
    {
        await Store.SeedAsync(static seed => seed.Running("a"));

        var heard = await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Retry("a") with { Outcome = outcome }));

        heard.Should().Equal($"timers {await DueAsync(set, "a")}");
    }

    [Fact]
    public async Task Settle_tells_the_timers_of_a_new_earliest_time_in_scheduled_only()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Scheduled("z", TimeSpan.FromHours(2)));

        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Schedule("a", 3 * Hour)))).Should().BeEmpty();
        var heard = await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Schedule("b", Hour)));

        heard.Should().Equal($"timers {await DueAsync("scheduled", "b")}");
    }

    [Fact]
    public async Task Settle_takes_a_batch_of_500_of_every_outcome()
    {
        var names = Enumerable.Range(0, 500).Select(static number => $"{number:0000}").ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Running(name)));
        Func<string, SettleItem>[] outcomes = [static name => Retry(name), static name => Dead(name, Fingerprint), static name => Schedule(name), Cancel];

        var statuses = await SendAsync(Store.Shard, [.. names.Select((name, position) => outcomes[position % 4](name))]);

        statuses.Should().AllBeEquivalentTo(ScriptStatus.Applied);
        var keyspace = await Store.LookAsync();
        keyspace.Find("dead:" + Fingerprint)!.Items.Should().HaveCount(125);
        keyspace.Find("cancelled")!.Items.Should().HaveCount(125);
        Homes.EveryIdHasAHome(keyspace);
    }

    private Task<double?> DueAsync(string set, string name) => Store.Database.SortedSetScoreAsync(Store.Key(set), "normal|default|" + TestJob.IdText(name));
}
