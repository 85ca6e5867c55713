using System.Globalization;
using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>What one fetch does at the most, whatever stands in the lists.</summary>
[Collection(nameof(WholeServer))]
public sealed class FetchBoundTests(TestServer server) : StoreTest(server)
{
    private const int MostDropped = 500;
    private const int Slice = 16;
    private const string List = "queue:default:normal";

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(500)]
    public async Task Fetch_drops_10000_tombstones_in_a_row_in_calls_that_are_bounded(int limit)
    {
        const int Removed = 10_000;
        await SeedTombstonesAsync(Removed);
        await Store.SeedAsync(static seed => seed.Worker("w").Idle("x").Pending("a"));

        var (length, number, reply) = (Removed + 1L, 0L, default(FetchReply));
        do
        {
            reply = await new FetchCall("w", ++number) { Limit = limit }.SendAsync(Store.Shard);
            var left = await Store.Database.ListLengthAsync(Store.Key(List));
            (length - left).Should().BeInRange(1, MostDropped + Slice);
            reply.HasMore.Should().Be(left > 0, "a call that stopped at its bound says so");
            reply.Waits.Should().Be(left == 0 && limit > 1, "it waits when nothing is left and it has room");
            (await Store.Database.SortedSetScoreAsync(Store.Key("idle"), "w")).HasValue.Should().Be(reply.Waits);
            length = left;
        }
        while (length > 0);

        number.Should().BeInRange(Removed / (MostDropped + Slice), (Removed / MostDropped) + 1);
        reply.Ids.Select(TestJob.Shorten).Should().Equal("a");
        var keyspace = await Store.LookAsync();
        keyspace.Find("tombstones").Should().BeNull();
        keyspace.Find("tombstones:count").Should().BeNull();
    }

    [Fact]
    public async Task Fetch_that_stopped_at_its_bound_and_found_work_before_has_no_more_than_the_limit()
    {
        await SeedTombstonesAsync(600);
        await Store.SeedAsync(static seed => seed.Worker("w").PendingIn("high|default", "a").Idle("w"));

        var reply = await new FetchCall().SendAsync(Store.Shard);

        reply.Ids.Select(TestJob.Shorten).Should().Equal("a");
        reply.HasMore.Should().BeTrue();
        (await Store.LookAsync()).Find("idle").Should().BeNull();
    }

    [Fact]
    public async Task Fetch_of_the_last_tombstones_waits_for_work()
    {
        await SeedTombstonesAsync(20);
        await Store.SeedAsync(static seed => seed.Worker("w"));

        (await new FetchCall().SendAsync(Store.Shard)).HasMore.Should().BeFalse();

        (await Store.LookAsync()).Find("idle")!.Items.Should().ContainSingle();
    }

    [Fact]
    public async Task Fetch_stops_past_4_MiB_and_leaves_the_other_queues_to_the_next()
    {
        var record = Encoding.UTF8.GetBytes(new string('x', 1024 * 1024));
        string[] names = ["0", "1", "2", "3", "4"];
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Text("job:" + TestJob.IdText(name), record)));
        await Store.SeedAsync(seed => seed.Worker("w").Idle("x").Listed("normal|a", names).PendingIn("normal|b", "b").PendingIn("low|c", "c"));

        FetchReply reply = default;
        var heard = await Publications.OfAsync(Store, async () => reply = await new FetchCall().SendAsync(Store.Shard));

        reply.Ids.Select(TestJob.Shorten).Should().Equal(names);
        reply.HasMore.Should().BeFalse("it has leased something, and comes back by itself");
        heard.Should().Equal("wake:x 1");
        (await new FetchCall("w", 2).SendAsync(Store.Shard)).Ids.Select(TestJob.Shorten).Should().Equal("b", "c");
    }

    [Fact]
    public async Task Fetch_executes_as_many_commands_beside_1000_empty_queues_as_beside_one()
    {
        Assert.SkipWhen(Server.IsGarnet, "Garnet counts commands only when it was started so.");

        var besideOne = await CommandsOfFetchAsync(emptyQueues: 1);
        var besideMany = await CommandsOfFetchAsync(emptyQueues: 1_000);

        besideMany.Should().BeEquivalentTo(besideOne);
    }

    /// <summary>What the server executes for a fetch of the one job that waits, once the lists of other queues have been emptied.</summary>
    private async Task<Dictionary<string, long>> CommandsOfFetchAsync(int emptyQueues)
    {
        await using var store = await Store.OpenAsync(Server);
        await store.SeedAsync(static seed => seed.Worker("w"));
        for (var queue = 0; queue < emptyQueues; queue++)
        {
            await store.SeedAsync(seed => seed.PendingIn($"normal|q{queue}", queue.ToString(CultureInfo.InvariantCulture)));
        }

        var number = 1L;
        while ((await new FetchCall("w", number++) { Limit = 500 }.SendAsync(store.Shard)).Ids.Length > 0)
        {
            // The lists empty, and leave `ready`.
        }

        await store.SeedAsync(static seed => seed.PendingIn("normal|work", "a"));
        return await CommandCounts.OfAsync(store, () => new FetchCall("w", number).SendAsync(store.Shard));
    }

    /// <summary>So many ids of the default line that were cancelled or deleted while they waited.</summary>
    private async Task SeedTombstonesAsync(int count)
    {
        var ids = Enumerable.Range(0, count).Select(static number => (RedisValue)TestJob.IdText(number.ToString("00000", CultureInfo.InvariantCulture))).ToArray();
        await Store.Database.ListLeftPushAsync(Store.Key(List), ids);
        await Store.Database.SetAddAsync(Store.Key("ready"), TestJob.DefaultLine);
        await Store.Database.HashSetAsync(Store.Key("tombstones"), [.. ids.Select(static id => new HashEntry(id, TestJob.DefaultLine))]);
        await Store.Database.HashSetAsync(Store.Key("tombstones:count"), TestJob.DefaultLine, count);
    }
}
