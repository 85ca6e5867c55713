using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>Ids that were cancelled or deleted in a long list: what that costs, and how fetch meets them.</summary>
[Collection(nameof(WholeServer))]
public sealed class TombstoneTests(TestServer server) : StoreTest(server)
{
    private const string List = "queue:default:normal";

    /// <summary>Commands that walk what may be long.</summary>
    private static readonly string[] Walks = ["lrem", "lpos", "lrange", "lindex", "linsert", "hgetall", "smembers", "zrange", "keys", "scan", "hscan", "sort"];

    [Fact]
    public async Task Cancelling_and_deleting_cost_the_same_few_commands_in_a_list_of_any_length()
    {
        Assert.SkipWhen(Server.IsGarnet, "Garnet counts commands only when it was started so.");

        var inShort = await CommandsAsync(length: 2);
        var inLong = await CommandsAsync(length: 20_000);

        inLong.Should().BeEquivalentTo(inShort);
        inLong.Keys.Should().Contain("lpush").And.NotIntersectWith(Walks);
        inLong.Values.Sum().Should().BeLessThan(120);
    }

    [Fact]
    public async Task Fetch_drops_every_tombstone_once_and_counts_stay_exact()
    {
        const int Jobs = 1_000;
        string[] names = [.. Enumerable.Range(0, Jobs).Select(Name)];
        var ended = names.Where(static (_, position) => position % 3 == 0 || position < 100).ToHashSet(StringComparer.Ordinal);
        await Store.SeedAsync(seed => seed.Worker("w").Pending(names));
        foreach (var name in ended)
        {
            await EndAsync(Store, name);
        }

        var leased = new List<string>();
        (await WaitingAsync()).Should().Be(Jobs - ended.Count);
        for (var number = 1L; await Store.Database.KeyExistsAsync(Store.Key(List)); number++)
        {
            number.Should().BeLessThan(Jobs, "each fetch gets on");
            leased.AddRange((await new FetchCall("w", number) { Limit = 50 }.SendAsync(Store.Shard)).Ids.Select(TestJob.Shorten));
            (await WaitingAsync()).Should().Be(Jobs - ended.Count - leased.Count);
        }

        leased.Should().Equal(names.Where(name => !ended.Contains(name)), "none of the ended jobs is leased, and the others keep their order");
        var keyspace = await Store.LookAsync();
        keyspace.Find("tombstones").Should().BeNull();
        keyspace.Find("tombstones:count").Should().BeNull();
        Homes.EveryIdHasAHome(keyspace);
    }

    [Fact]
    public async Task To_enqueue_looks_for_no_job_by_itself_while_a_tombstone_stands()
    {
        Assert.SkipWhen(Server.IsGarnet, "Garnet counts commands only when it was started so.");
        await Store.SeedAsync(static seed => seed.Pending("a").Tombstone("a"));
        StackExchange.Redis.RedisValue[] Batch(long number, int first) => EnqueueScript.Arguments(
            "p", number, [.. Enumerable.Range(first, 100).Select(static name => TestJob.Item(Name(name), TestJob.DefaultLine, "", [1]))]);
        await EnqueueScript.RunAsync(Store.Shard, Batch(1, 0), CancellationToken.None);

        var commands = await CommandCounts.OfAsync(Store, () => EnqueueScript.RunAsync(Store.Shard, Batch(2, 100), CancellationToken.None));

        commands["hmget"].Should().Be(1);
        commands["exists"].Should().BeLessThan(5);
    }

    /// <summary>What the server executes for one cancellation and one deletion of a job in the middle of a list.</summary>
    private async Task<Dictionary<string, long>> CommandsAsync(int length)
    {
        await using var store = await Store.OpenAsync(Server);
        await store.SeedAsync(seed => seed.Pending([.. Enumerable.Range(0, length).Select(Name)]));
        await EndAsync(store, Name(length / 2)); // The server knows both scripts, and every key exists.
        await EndAsync(store, Name((length / 2) - 1));
        await store.SeedAsync(seed => seed.Pending("c", "d"));

        return await CommandCounts.OfAsync(store, async () =>
        {
            await CancelCall.Of("c").SendAsync(store.Shard);
            await DeleteScriptTests.DeleteAsync(store.Shard, "d", JobState.Pending, TestJob.Record("d"));
        });
    }

    private static string Name(int number) => number.ToString("00000", CultureInfo.InvariantCulture);

    /// <summary>Even ones are cancelled, odd ones deleted.</summary>
    private static Task EndAsync(Store store, string name) => name[^1] % 2 == 0
        ? CancelCall.Of(name).SendAsync(store.Shard)
        : DeleteScriptTests.DeleteAsync(store.Shard, name, JobState.Pending, TestJob.Record(name));

    private async Task<long> WaitingAsync()
        => await Store.Database.ListLengthAsync(Store.Key(List)) - (long)await Store.Database.HashGetAsync(Store.Key("tombstones:count"), TestJob.DefaultLine);
}
