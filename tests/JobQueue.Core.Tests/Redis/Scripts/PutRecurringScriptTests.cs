using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class PutRecurringScriptTests(TestServer server) : ScriptTest(server)
{
    private const string Daily = """{"v":1,"handler":"work","cron":"0 8 * * *","args":{}}""";
    private const long Due = TestJob.LongAgo + 5;

    private protected override string ScriptName => "put_recurring";

    /// <summary>When an owner last declared it.</summary>
    private protected override bool RepeatMovesTimes => true;

    private protected override void Seed(StoreSeed seed) => seed.Recurring("old", TestJob.LongAgo).Recurring("moved", TestJob.LongAgo, "shop").Recurring("off", null, switched: "0");

    private protected override Task CallAsync(RedisShard shard) => SendAsync(
        shard, New("new", $"{Due}"), Changed("old", PutRecurringScript.Keep), Changed("moved", $"{Due}", "bank"), Changed("off", $"{Due}"), New("later", PutRecurringScript.None, "shop"));

    [Fact]
    public async Task Put_stores_definitions_and_keeps_what_has_become_of_them()
    {
        await Store.SeedAsync(Seed);

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(
            Store.Shard, New("new", $"{Due}"), Changed("old", PutRecurringScript.Keep), Changed("moved", $"{Due}", "bank"), Changed("off", $"{Due}")));

        statuses.Should().AllBeEquivalentTo(ScriptStatus.Applied);
        changes.Should().Equal(
            $"recurring hash: moved={Daily}, new={Daily}, off={Daily}, old={Daily}",
            $"recurring:due zset: {TestJob.LongAgo} old, {Due} new",
            $"recurring:due:bank zset: {Due} moved",
            "recurring:due:shop gone",
            $"recurring:state hash: moved=||||7|now|{TestJob.LongAgo}|bank, new=||||0||now|, off=0||||7||{TestJob.LongAgo}|, old=||||7||{TestJob.LongAgo}|");
    }

    [Fact]
    public async Task Put_does_not_store_over_a_definition_that_has_changed_since_it_was_read()
    {
        await Store.SeedAsync(Seed);

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(
            Store.Shard, New("old", $"{Due}"), new RecurringPut("moved", "other"u8.ToArray(), Bytes(Daily), "shop", $"{Due}", IsEnabled: true)));

        statuses.Should().AllBeEquivalentTo(ScriptStatus.Conflict);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Put_of_what_is_stored_notes_that_it_is_declared_and_leaves_its_time_alone()
    {
        await Store.SeedAsync(Seed);

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(
            Store.Shard, new RecurringPut("moved", Bytes(TestJob.Hourly), Bytes(TestJob.Hourly), "shop", $"{Due}", IsEnabled: true)));

        statuses.Should().Equal(ScriptStatus.AlreadyApplied);
        changes.Should().Equal($"recurring:state hash: moved=||||7|now|{TestJob.LongAgo}|shop, off=0||||7||{TestJob.LongAgo}|, old=||||7||{TestJob.LongAgo}|");
    }

    [Theory]
    [InlineData("1", false, true)]
    [InlineData("0", true, false)]
    [InlineData("", true, true)]
    [InlineData("", false, false)]
    public async Task A_persons_switch_outlives_what_the_definition_says(string switched, bool enabled, bool fires)
    {
        await Store.SeedAsync(seed => seed.Recurring("old", switched == "0" ? null : TestJob.LongAgo, switched: switched));

        await SendAsync(Store.Shard, new RecurringPut("old", Bytes(TestJob.Hourly), Bytes(Daily), "", $"{Due}", enabled));

        (await Store.Database.SortedSetScoreAsync(Store.Key("recurring:due"), "old")).Should().Be(fires ? Due : null);
    }

    [Fact]
    public async Task Put_tells_the_timers_of_a_new_earliest_time_only()
    {
        await Store.SeedAsync(static seed => seed.Recurring("old", TestJob.LongAgo));

        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard, New("new", $"{Due}")))).Should().BeEmpty();
        var heard = await Publications.OfAsync(Store, () => SendAsync(Store.Shard, New("first", $"{TestJob.LongAgo - 1}")));

        heard.Should().Equal($"timers {TestJob.LongAgo - 1}");
    }

    private static RecurringPut New(string name, string due, string owner = "") => new(name, [], Bytes(Daily), owner, due, IsEnabled: true);

    private static RecurringPut Changed(string name, string due, string owner = "") => new(name, Bytes(TestJob.Hourly), Bytes(Daily), owner, due, IsEnabled: true);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static Task<ScriptStatus[]> SendAsync(RedisShard shard, params RecurringPut[] puts) => PutRecurringScript.RunAsync(shard, puts, CancellationToken.None);
}
