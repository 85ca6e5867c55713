using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class SwitchRecurringScriptTests(TestServer server) : ScriptTest(server)
{
    private const long Due = TestJob.LongAgo + 5;

    private protected override string ScriptName => "switch_recurring";

    private protected override void Seed(StoreSeed seed) => seed.Recurring("tick", null, "shop", switched: "0").Recurring("other", Due + 1, "shop");

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, "tick", on: true, $"{Due}");

    [Fact]
    public async Task Switched_on_it_fires_at_the_next_time_and_the_timers_are_told()
    {
        await Store.SeedAsync(Seed);

        IReadOnlyList<string> changes = [];
        var heard = await Publications.OfAsync(Store, async () => changes = await Store.ChangesOfAsync(() => CallAsync(Store.Shard)));

        changes.Should().Equal(
            $"recurring:due:shop zset: {Due} tick, {Due + 1} other",
            $"recurring:state hash: other=||||7|{TestJob.LongAgo}|{TestJob.LongAgo}|shop, tick=1||||7|{TestJob.LongAgo}|{TestJob.LongAgo}|shop");
        heard.Should().Equal($"timers {Due}");
    }

    [Fact]
    public async Task Switched_off_it_fires_no_more()
    {
        await Store.SeedAsync(Seed);

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, "other", on: false, PutRecurringScript.None));

        changes.Should().Equal(
            "recurring:due:shop gone",
            $"recurring:state hash: other=0||||7|{TestJob.LongAgo}|{TestJob.LongAgo}|shop, tick=0||||7|{TestJob.LongAgo}|{TestJob.LongAgo}|shop");
    }

    [Fact]
    public async Task Switch_leaves_alone_what_is_gone_or_has_changed_since_it_was_read()
    {
        await Store.SeedAsync(Seed);

        var changes = await Store.ChangesOfAsync(async () =>
        {
            (await SendAsync(Store.Shard, "gone", on: true, $"{Due}")).Should().Be(ScriptStatus.NotFound);
            (await SendAsync(Store.Shard, "tick", on: true, $"{Due}", "{}")).Should().Be(ScriptStatus.Conflict);
        });

        changes.Should().BeEmpty();
    }

    private static Task<ScriptStatus> SendAsync(RedisShard shard, string name, bool on, string due, string definition = TestJob.Hourly)
        => SwitchRecurringScript.RunAsync(shard, new RecurringRow(name, Encoding.UTF8.GetBytes(definition), "", null), on, due, CancellationToken.None);
}
