using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class PruneScriptTests(TestServer server) : ScriptTest(server)
{
    private const long LongAgo = TestJob.LongAgo;
    private const string Later = "9999999999999";

    private protected override string ScriptName => "prune";

    private protected override void Seed(StoreSeed seed) => seed
        .Hash("waiters", "over", LongAgo).Hash("waiters", "nonsense", "x").Hash("waiters", "live", Later)
        .Hash("producers", "over", $"7|{LongAgo}|1,2").Hash("producers", "live", $"7|{Later}|").Hash("producers", "nonsense", "x")
        .Hash("handlers", "over", $"{LongAgo}|{{}}").Hash("handlers", "live", $"{Later}|{{}}").Hash("handlers", "nonsense", "x")
        .Worker("live").Hash("floors", "live", 1).Hash("floors", "lost", 2).Hash("floors", "gone", 3).Hash("floors", "never", 4)
        .SortedSet("lost", "lost", TimeSpan.FromMinutes(-1)).SortedSet("lost", "gone", TimeSpan.FromMinutes(-61))
        .SortedSet("listeners", "live", TimeSpan.FromHours(1)).SortedSet("listeners", "over", TimeSpan.FromHours(-1));

    private protected override Task CallAsync(RedisShard shard) => WalkAsync(shard, "floors");

    [Fact]
    public async Task Prune_removes_the_entries_whose_time_is_over_and_no_others()
    {
        await Store.SeedAsync(Seed);

        var changes = await Store.ChangesOfAsync(async () =>
        {
            foreach (var index in PruneScript.Indexes)
            {
                await WalkAsync(Store.Shard, index);
            }
        });

        changes.Should().Equal(
            "floors hash: live=1, lost=2",
            $"handlers hash: live={Later}|{{}}, nonsense=x",
            "listeners zset: now+1h live",
            "lost zset: now lost",
            $"producers hash: live=7|{Later}|, nonsense=x",
            $"waiters hash: live={Later}");
    }

    [Theory]
    [InlineData("producers", 61, true)]
    [InlineData("producers", 59, false)]
    [InlineData("handlers", (7 * 24 * 60) + 1, true)]
    [InlineData("handlers", (7 * 24 * 60) - 1, false)]
    public async Task Prune_keeps_an_entry_for_its_time(string index, int minutesAgo, bool removed)
    {
        var at = (await Store.NowAsync() - (minutesAgo * 60_000L)).ToString(CultureInfo.InvariantCulture);
        await Store.SeedAsync(seed => seed.Hash(index, "one", index == "producers" ? $"1|{at}|" : $"{at}|{{}}"));

        (await WalkAsync(Store.Shard, index)).Should().Be(removed ? 1 : 0);
    }

    [Theory]
    [InlineData("waiters")]
    [InlineData("floors")]
    [InlineData("listeners")]
    public async Task Prune_finds_every_entry_of_a_long_index_and_ends(string index)
    {
        await Store.SeedAsync(seed =>
        {
            for (var n = 0; n < 3_000; n++)
            {
                var name = n.ToString("D4", null);
                _ = index switch
                {
                    "waiters" => seed.Hash(index, name, n % 3 == 0 ? Later : LongAgo),
                    "listeners" => seed.SortedSet(index, name, TimeSpan.FromHours(n % 3 == 0 ? 1 : -1)),
                    _ => n % 3 == 0 ? seed.Hash(index, name, n).SortedSet("workers", name, TimeSpan.FromHours(1)) : seed.Hash(index, name, n),
                };
            }
        });

        (await WalkAsync(Store.Shard, index)).Should().Be(2_000);
        (await WalkAsync(Store.Shard, index)).Should().Be(0);
    }

    private static async Task<int> WalkAsync(RedisShard shard, string index)
    {
        var total = 0;
        var cursor = PruneScript.Ends;
        do
        {
            (cursor, var removed) = await PruneScript.RunAsync(shard, index, cursor, CancellationToken.None);
            total += removed;
        }
        while (cursor != PruneScript.Ends);

        return total;
    }
}
