using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class TurnScriptTests(TestServer server) : ScriptTest(server)
{
    private static readonly TimeSpan Hold = TimeSpan.FromHours(1);

    private protected override string ScriptName => "turn";

    private protected override void Seed(StoreSeed seed) => seed.Pending("a");

    private protected override Task CallAsync(RedisShard shard) => TurnScript.RunAsync(shard, "promote", "w", Hold, CancellationToken.None);

    [Fact]
    public async Task Turn_is_taken_by_the_first_and_refused_to_the_others()
    {
        (await TakeAsync("promote", "w")).Should().BeTrue();

        (await TakeAsync("promote", "x")).Should().BeFalse();
        (await TakeAsync("recover", "x")).Should().BeTrue("each loop has a turn of its own");
        (await Store.LookAsync()).ToString().Split('\n').Should().Equal(
            "meta hash: schema=1", "turn:promote string expires: w", "turn:recover string expires: x");
    }

    [Fact]
    public async Task Turn_is_kept_by_its_owner()
    {
        await TakeAsync("promote", "w", TimeSpan.FromMinutes(1));

        (await TakeAsync("promote", "w")).Should().BeTrue();

        var left = await Store.Database.KeyTimeToLiveAsync(Store.Key("turn:promote"));
        left.Should().BeGreaterThan(TimeSpan.FromMinutes(1), "keeping it begins its time anew");
    }

    [Fact]
    public async Task Turn_is_free_when_it_was_not_kept()
    {
        await TakeAsync("promote", "w", TimeSpan.FromMilliseconds(1));

        await Eventually.HoldsAsync(() => TakeAsync("promote", "x"), "a turn ends by itself");
    }

    private Task<bool> TakeAsync(string loop, string owner, TimeSpan? hold = null) => TurnScript.RunAsync(Store.Shard, loop, owner, hold ?? Hold, default);
}
