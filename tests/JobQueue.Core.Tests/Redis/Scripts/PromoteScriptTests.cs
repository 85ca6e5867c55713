using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class PromoteScriptTests(TestServer server) : ScriptTest(server)
{
    private static readonly TimeSpan Past = TimeSpan.FromHours(-1);

    private protected override string ScriptName => "promote";

    private protected override void Seed(StoreSeed seed) => seed
        .Scheduled("a", Past).Scheduled("b", Past, "high|mail").Scheduled("c", TimeSpan.FromHours(1))
        .Retrying("d", Past).Retrying("e", TimeSpan.FromHours(2)).Idle("x").Idle("y", "mail");

    private protected override Task CallAsync(RedisShard shard) => PromoteScript.RunAsync(shard, 500, CancellationToken.None);

    [Fact]
    public async Task Promote_moves_what_is_due_and_says_when_the_next_is()
    {
        await Store.SeedAsync(static seed => seed
            .Scheduled("a", TimeSpan.FromHours(-2)).Scheduled("b", Past).Scheduled("c", TimeSpan.FromHours(3))
            .Retrying("d", Past, "high|mail").Retrying("e", TimeSpan.FromHours(2)).Pending("f"));

        (int Moved, TimeSpan? UntilNext) reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await PromoteScript.RunAsync(Store.Shard, 500, default));

        reply.Moved.Should().Be(3);
        Math.Round(reply.UntilNext!.Value.TotalHours).Should().Be(2);
        changes.Should().Equal(
            "queue:default:normal list: b, a, f",
            "queue:mail:high list: d",
            "ready set: high|mail, normal|default",
            "retrying zset: now+2h normal|default|e",
            "scheduled zset: now+3h normal|default|c");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Promote_without_anything_to_wait_for_says_so()
        => (await PromoteScript.RunAsync(Store.Shard, 500, default)).Should().Be((0, null));

    [Fact]
    public async Task Promote_moves_at_most_the_limit_from_each_set_earliest_first()
    {
        await Store.SeedAsync(static seed => seed
            .Scheduled("a", TimeSpan.FromHours(-3)).Scheduled("b", TimeSpan.FromHours(-2)).Scheduled("c", Past)
            .Retrying("d", TimeSpan.FromHours(-2)).Retrying("e", Past));

        var reply = await PromoteScript.RunAsync(Store.Shard, 1, default);

        reply.Should().Be((2, TimeSpan.Zero), "more is due already");
        (await Store.LookAsync()).Find("queue:default:normal")!.Items.Select(TestJob.Shorten).Should().Equal("d", "a");
    }

    [Fact]
    public async Task Promote_wakes_one_worker_of_each_queue()
    {
        await Store.SeedAsync(static seed => seed
            .Scheduled("a", Past).Retrying("b", Past).Scheduled("c", Past, "low|mail").Idle("x").Idle("y").Idle("z", "mail"));

        (await Publications.OfAsync(Store, () => PromoteScript.RunAsync(Store.Shard, 500, default))).Should().Equal("wake:x 1", "wake:z 1");
    }

    [Fact]
    public async Task Promote_of_what_is_promoted_already_is_leased_once()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Pending("a").Scheduled("a", Past));
        await PromoteScript.RunAsync(Store.Shard, 500, default);

        (await new FetchCall().SendAsync(Store.Shard)).Ids.Select(TestJob.Shorten).Should().Equal("a");

        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public async Task Promote_is_not_held_up_by_members_that_are_not_ours(int limit)
    {
        await Store.SeedAsync(static seed => seed
            .SortedSet("scheduled", "not ours", TimeSpan.FromHours(-2)).SortedSet("retrying", "nor|this", TimeSpan.FromHours(-2)).Scheduled("a", Past));

        for (var pass = 0; pass < 2; pass++)
        {
            await PromoteScript.RunAsync(Store.Shard, limit, default);
        }

        (await Store.LookAsync()).ToString().Split('\n').Should()
            .Contain("queue:default:normal list: a").And.Contain("retrying zset: now+1h nor|this").And.Contain("scheduled zset: now+1h not ours");
    }

    [Fact]
    public async Task Promote_moves_500_of_each_set()
    {
        var names = Enumerable.Range(0, 1100).Select(static number => $"{number:0000}").ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => _ = name[3] < '5' ? seed.Scheduled(name, Past) : seed.Retrying(name, Past)));

        (await PromoteScript.RunAsync(Store.Shard, PromoteScript.MaxLimit, default)).Moved.Should().Be(1000);

        Homes.EveryIdHasAHome(await Store.LookAsync());
    }
}
