using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class JoinScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "join";

    private protected override bool RepeatMovesTimes => true;

    private protected override void Seed(StoreSeed seed) => seed.Worker("x").Running("a", "x");

    private protected override Task CallAsync(RedisShard shard)
        => JoinScript.RunAsync(shard, "w", TimeSpan.FromHours(3), TimeSpan.FromHours(2), "{}", CancellationToken.None);

    [Fact]
    public async Task Join_makes_a_worker_live_and_publishes_its_snapshot()
        => (await Store.ChangesOfAsync(() => CallAsync(Store.Shard))).Should().Equal("worker:w string expires: {}", "workers zset: now+3h w");

    [Fact]
    public async Task Join_lets_a_worker_fetch()
    {
        await Store.SeedAsync(static seed => seed.Pending("a"));
        await CallAsync(Store.Shard);

        (await new FetchCall().SendAsync(Store.Shard)).Ids.Should().ContainSingle();
    }
}
