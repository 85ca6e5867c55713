using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class PauseScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "pause";

    private protected override void Seed(StoreSeed seed) => seed.PendingIn("normal|mail", "a");

    private protected override Task CallAsync(RedisShard shard) => PauseScript.RunAsync(shard, "mail", CancellationToken.None);

    [Fact]
    public async Task Pause_answers_whether_it_changed_something()
    {
        await Store.SeedAsync(Seed);

        (await PauseScript.RunAsync(Store.Shard, "mail", CancellationToken.None)).Should().BeTrue();
        (await PauseScript.RunAsync(Store.Shard, "mail", CancellationToken.None)).Should().BeFalse();
        (await Store.LookAsync()).Find("paused")!.Items.Should().Equal("mail");
    }

    [Fact]
    public async Task Pause_is_published_also_when_it_is_repeated()
    {
        await Store.SeedAsync(Seed);

        (await Publications.OfAsync(Store, () => CallAsync(Store.Shard))).Should().Equal("pause mail");
        (await Publications.OfAsync(Store, () => CallAsync(Store.Shard))).Should().Equal("pause mail");
    }
}
