using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>Ending a leased job that nobody runs any more as a dead letter.</summary>
public sealed class BuryScriptTests(TestServer server) : ScriptTest(server)
{
    private const string Fingerprint = "00000000000000aa";
    private const string Group = """{"handler":"work"}""";

    private protected override string ScriptName => "bury";

    private protected override void Seed(StoreSeed seed) => seed
        .Running("a", "gone").Traces("a").Running("b").Traces("b").Waiter("a").Dead("z", TimeSpan.FromHours(2), fingerprint: Fingerprint);

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, Dead("a"));

    [Fact]
    public async Task Bury_puts_the_job_into_the_dead_letters_and_its_group()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "gone").Traces("a").Running("b").Traces("b"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await SendAsync(Store.Shard, Dead("a")));

        status.Should().Be(ScriptStatus.Applied);
        changes.Should().Equal(
            "crashes hash: b=1",
            "dead zset: now a",
            $"dead:{Fingerprint} zset: now a",
            $"dead:groups hash: {Fingerprint}={Group}",
            "job:a string: " + TestJob.Shorten(Encoding.UTF8.GetString(Dead("a").Record)),
            "progress hash: b=50",
            $"running hash: b={TestJob.Token("w")}",
            "stats hash: dead=1");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Bury_of_a_record_without_a_fingerprint_makes_no_group()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "gone"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, Dead("a") with { Record = TestJob.Record("a", status: TerminalStatus.Failed), Group = [] }));

        changes.Should().Contain("dead zset: now a").And.NotContain(static change => change.StartsWith("dead:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bury_refuses_a_job_that_another_lease_holds_or_that_waits_again()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "gone", fetchNumber: 2).Running("b", "other").Pending("c"));

        foreach (var name in (string[])["a", "b", "c"])
        {
            await ChangesNothingAsync(Dead(name), ScriptStatus.Refused);
        }
    }

    [Fact]
    public async Task Bury_is_a_conflict_when_the_record_has_changed()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "gone"));

        await ChangesNothingAsync(Dead("a") with { Previous = TestJob.Record("b") }, ScriptStatus.Conflict);
        await ChangesNothingAsync(Dead("a") with { Previous = [] }, ScriptStatus.Conflict);
    }

    [Fact]
    public async Task Bury_is_a_conflict_when_the_record_is_of_another_type_and_was_read_as_bytes()
    {
        await SeedHashAsync("a");

        await ChangesNothingAsync(Dead("a"), ScriptStatus.Conflict);
    }

    [Fact]
    public async Task Bury_takes_a_job_whose_record_is_of_another_type()
    {
        await SeedHashAsync("a");

        (await SendAsync(Store.Shard, Dead("a") with { Previous = [] })).Should().Be(ScriptStatus.Applied);

        ((byte[])await Store.Database.StringGetAsync(Store.Key("job:" + TestJob.IdText("a")))).Should().Equal(Dead("a").Record);
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Bury_sent_again_answers_already_applied_also_when_the_job_is_gone_since()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "gone"));
        await SendAsync(Store.Shard, Dead("a"));

        await ChangesNothingAsync(Dead("a"), ScriptStatus.AlreadyApplied);
        await ChangesNothingAsync(Dead("x"), ScriptStatus.AlreadyApplied);
    }

    [Fact]
    public async Task Bury_stores_a_record_byte_for_byte()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "gone"));
        byte[] record = [.. Enumerable.Range(0, 256).Select(static value => (byte)value)];

        await SendAsync(Store.Shard, Dead("a") with { Record = record });

        ((byte[])await Store.Database.StringGetAsync(Store.Key("job:" + TestJob.IdText("a")))).Should().Equal(record);
    }

    [Theory]
    [InlineData(SettleOutcome.Dead)]
    [InlineData(SettleOutcome.Cancelled)]
    internal async Task Bury_tells_those_who_wait(SettleOutcome outcome)
    {
        await Store.SeedAsync(static seed => seed.Running("a", "gone").Waiter("a"));

        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Dead("a") with { Outcome = outcome }))).Should().Equal("finished a");
    }

    internal static BuryItem Dead(string name) => new(
        TestJob.IdText(name),
        TestJob.Token("gone"),
        TestJob.Record(name),
        SettleOutcome.Dead,
        TestJob.LongAgo,
        "work",
        Encoding.UTF8.GetBytes(Group),
        TestJob.Record(name, status: TerminalStatus.Failed, fingerprint: Fingerprint));

    internal static Task<ScriptStatus> SendAsync(RedisShard shard, BuryItem job) => BuryScript.RunAsync(shard, job, CancellationToken.None);

    private async Task ChangesNothingAsync(BuryItem job, ScriptStatus expected)
    {
        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await SendAsync(Store.Shard, job));

        status.Should().Be(expected);
        changes.Should().BeEmpty();
    }

    /// <summary>A running job whose record is a hash.</summary>
    private async Task SeedHashAsync(string name)
    {
        await Store.SeedAsync(seed => seed.Running(name, "gone"));
        await Store.Database.KeyDeleteAsync(Store.Key("job:" + TestJob.IdText(name)));
        await Store.SeedAsync(seed => seed.Hash("job:" + TestJob.IdText(name), "f", "v"));
    }
}

/// <summary>Ending a job as cancelled that was asked to stop before its worker was lost.</summary>
public sealed class BuryCancelledScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "bury";

    private protected override void Seed(StoreSeed seed) => seed.Cancelling("a", "gone").Traces("a").Cancelling("b").Waiter("a").Cancelled("z");

    private protected override Task CallAsync(RedisShard shard) => BuryScriptTests.SendAsync(shard, Cancelled("a"));

    [Fact]
    public async Task Bury_lists_a_job_as_cancelled_and_forgets_that_it_was_asked()
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a", "gone").Traces("a").Cancelling("b"));
        var job = Cancelled("a");

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await BuryScriptTests.SendAsync(Store.Shard, job));

        status.Should().Be(ScriptStatus.Applied);
        changes.Should().Equal(
            $"cancelled list: a|{TestJob.LongAgo}|{job.Record.Length}",
            "cancelling set: b",
            "crashes gone",
            "job:a string: " + TestJob.Shorten(Encoding.UTF8.GetString(job.Record)),
            "progress gone",
            $"running hash: b={TestJob.Token("w")}",
            $"stats hash: cancelled=1, cancelled_bytes={job.Record.Length}");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    private static BuryItem Cancelled(string name)
        => BuryScriptTests.Dead(name) with { Outcome = SettleOutcome.Cancelled, Group = [], Record = TestJob.Record(name, status: TerminalStatus.Cancelled) };
}
