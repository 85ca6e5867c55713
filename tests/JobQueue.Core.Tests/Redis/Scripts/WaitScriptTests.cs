using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class WaitScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "wait";

    private protected override bool RepeatMovesTimes => true;

    private protected override void Seed(StoreSeed seed) => seed.Running("a").Waiter("b");

    private protected override Task CallAsync(RedisShard shard) => WaitScript.RunAsync(shard, TestJob.Id("a"), TimeSpan.FromHours(2), CancellationToken.None);

    [Fact]
    public async Task Wait_registers_until_its_deadline()
    {
        await Store.SeedAsync(Seed);

        (await Store.ChangesOfAsync(() => CallAsync(Store.Shard))).Should().Equal("waiters hash: a=now+2h, b=now+1h");
    }

    [Fact]
    public async Task Wait_keeps_the_later_deadline()
    {
        await CallAsync(Store.Shard);

        var shorter = await Store.ChangesOfAsync(() => WaitScript.RunAsync(Store.Shard, TestJob.Id("a"), TimeSpan.FromHours(1), default));
        var longer = await Store.ChangesOfAsync(() => WaitScript.RunAsync(Store.Shard, TestJob.Id("a"), TimeSpan.FromHours(3), default));

        shorter.Should().BeEmpty();
        longer.Should().Equal("waiters hash: a=now+3h");
    }
}
