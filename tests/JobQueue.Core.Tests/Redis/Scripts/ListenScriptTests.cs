using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class ListenScriptTests(TestServer server) : ScriptTest(server)
{
    private static readonly TimeSpan Keep = TimeSpan.FromHours(1);

    private protected override string ScriptName => "listen";

    private protected override bool RepeatMovesTimes => true;

    private protected override void Seed(StoreSeed seed) => seed
        .SortedSet("listeners", "other", TimeSpan.FromHours(2)).SortedSet("listeners", "gone", TimeSpan.FromHours(-1));

    private protected override Task CallAsync(RedisShard shard) => ListenScript.RunAsync(shard, "me", Keep, CancellationToken.None);

    [Fact]
    public async Task Listen_registers_and_removes_those_whose_time_is_over()
    {
        await Store.SeedAsync(Seed);

        var changes = await Store.ChangesOfAsync(async () => (await SendAsync(Keep)).IsNew.Should().BeTrue());

        changes.Should().Equal("listeners zset: now+1h me, now+2h other");
        (await SendAsync(Keep)).IsNew.Should().BeFalse();
    }

    [Fact]
    public async Task Listen_for_no_time_takes_a_listener_out()
    {
        await Store.SeedAsync(Seed);
        await SendAsync(Keep);

        await SendAsync(TimeSpan.Zero);

        (await Store.LookAsync()).Find("listeners")!.Items.Should().ContainSingle().Which.Should().EndWith(" other");
    }

    [Fact]
    public async Task Listen_answers_the_servers_time()
        => (await SendAsync(Keep)).Now.Should().BeCloseTo(await Store.NowAsync(), 60_000);

    private Task<(long Now, bool IsNew)> SendAsync(TimeSpan keep) => ListenScript.RunAsync(Store.Shard, "me", keep, CancellationToken.None);
}
