using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class RemoveRecurringScriptTests(TestServer server) : ScriptTest(server)
{
    private const string State = "||||7||1700000000000|";

    private protected override string ScriptName => "remove_recurring";

    private protected override void Seed(StoreSeed seed) => seed.Recurring("tick", TestJob.LongAgo).Recurring("report", TestJob.LongAgo, "shop").Recurring("stays", TestJob.LongAgo);

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, Row("tick", State), Row("report"));

    [Fact]
    public async Task Remove_takes_away_all_that_is_kept_of_it()
    {
        await Store.SeedAsync(Seed);

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(Store.Shard, Row("tick", State), Row("report"), Row("gone")));

        statuses.Should().Equal(ScriptStatus.Applied, ScriptStatus.Applied, ScriptStatus.NotFound);
        changes.Should().Equal(
            $"recurring hash: stays={TestJob.Hourly}",
            $"recurring:due zset: {TestJob.LongAgo} stays",
            "recurring:due:shop gone",
            $"recurring:state hash: stays={State}");
    }

    [Fact]
    public async Task Remove_leaves_alone_what_has_changed_since_it_was_read()
    {
        await Store.SeedAsync(Seed);

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(
            Store.Shard, Row("tick", "||||8||1700000000000|"), Row("report") with { Definition = "{}"u8.ToArray() }));

        statuses.Should().AllBeEquivalentTo(ScriptStatus.Conflict);
        changes.Should().BeEmpty();
    }

    private static RecurringRow Row(string name, string state = "") => new(name, Encoding.UTF8.GetBytes(TestJob.Hourly), state, null);

    private static Task<ScriptStatus[]> SendAsync(RedisShard shard, params RecurringRow[] rows) => RemoveRecurringScript.RunAsync(shard, rows, CancellationToken.None);
}
