using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class TurnScriptTests(TestServer server) : ScriptTest(server)
{
    private static readonly TimeSpan Hold = TimeSpan.FromHours(1);

    private protected override string ScriptName => "turn";

    private protected override void Seed(StoreSeed seed) => seed.Pending("a");

    private protected override Task CallAsync(RedisShard shard) => TurnScript.RunAsync(shard, "w", Hold, [new("promote", "scheduled")], CancellationToken.None);

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

    [Fact]
    public async Task One_call_asks_for_several_loops_and_says_when_the_earliest_timer_of_each_is_due()
    {
        await Store.SeedAsync(static seed => seed.Scheduled("a", TimeSpan.FromHours(2)).Retrying("b", TimeSpan.FromHours(1)));
        await TakeAsync("recover", "x");

        var turns = await TurnScript.RunAsync(
            Store.Shard, "w", Hold, [new("promote", "scheduled", "retrying"), new("recover"), new("recurring:none", "recurring:due")], TestContext.Current.CancellationToken);

        turns.Select(static turn => turn.IsHeld).Should().Equal(true, false, true);
        turns[0].UntilDue!.Value.Should().BeCloseTo(TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
        turns[1].UntilDue.Should().BeNull();
        turns[2].UntilDue.Should().BeNull();
    }

    [Fact]
    public async Task What_is_of_the_wrong_type_holds_up_no_loop()
    {
        await Store.Database.StringSetAsync(Store.Key("scheduled"), "wrong type");
        await Store.Database.ListLeftPushAsync(Store.Key("turn:promote"), "wrong type");

        var turns = await TurnScript.RunAsync(
            Store.Shard, "w", Hold, [new("promote", "scheduled"), new("recover")], TestContext.Current.CancellationToken);

        turns.Should().Equal(new Turn(IsHeld: true, TimeSpan.Zero), new Turn(IsHeld: true, UntilDue: null));
    }

    private async Task<bool> TakeAsync(string loop, string owner, TimeSpan? hold = null)
        => (await TurnScript.RunAsync(Store.Shard, owner, hold ?? Hold, [new(loop)], TestContext.Current.CancellationToken))[0].IsHeld;
}
