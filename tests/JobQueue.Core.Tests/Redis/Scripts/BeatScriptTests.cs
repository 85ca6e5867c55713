using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class BeatScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "beat";

    private protected override bool RepeatMovesTimes => true;

    private protected override void Seed(StoreSeed seed) => seed.Worker("w").Running("a");

    private protected override Task CallAsync(RedisShard shard)
    {
        Beat(shard);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Beat_extends_a_live_worker_and_publishes_its_snapshot()
    {
        await Store.SeedAsync(static seed => seed.SilentWorker("w").Worker("x"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(() => Task.FromResult(status = Beat(Store.Shard)));

        status.Should().Be(ScriptStatus.Applied, "a worker is live until it is declared lost");
        changes.Should().Equal("worker:w string expires: {\"n\":1}", "workers zset: now+1h x, now+3h w");
    }

    [Fact]
    public async Task Beat_cannot_bring_a_lost_worker_back()
    {
        await Store.SeedAsync(static seed => seed.Worker("x"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(() => Task.FromResult(status = Beat(Store.Shard)));

        status.Should().Be(ScriptStatus.Lost);
        changes.Should().BeEmpty();
    }

    private static ScriptStatus Beat(RedisShard shard) => BeatScript.Run(shard, "w", TimeSpan.FromHours(3), TimeSpan.FromHours(2), "{\"n\":1}").Status;
}
