using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>
/// What holds for every script that writes. A class gives one call that makes its script write everything it can write;
/// here it is sent twice, sent over a network that fails, sent against keys of the wrong type, and sent by a user who may not publish.
/// </summary>
public abstract partial class ScriptTest(TestServer server) : StoreTest(server)
{
    private const string WrongType = "wrong type";

    /// <summary>The script's file name without its ending.</summary>
    private protected abstract string ScriptName { get; }

    /// <summary>The store that <see cref="CallAsync"/> is sent to.</summary>
    private protected abstract void Seed(StoreSeed seed);

    private protected abstract Task CallAsync(RedisShard shard);

    /// <summary>Names of the jobs that the call removes for good.</summary>
    private protected virtual IReadOnlyCollection<string> Removed => [];

    /// <summary>Whether a repeat may set times anew; they are then compared to the hour.</summary>
    private protected virtual bool RepeatMovesTimes => false;

    [Fact]
    public async Task Sent_twice_it_has_the_effect_of_once()
    {
        await Store.SeedAsync(Seed);
        var before = await Store.LookAsync();

        await CallAsync(Store.Shard);
        var once = await Store.LookAsync();
        await CallAsync(Store.Shard);
        var twice = await Store.LookAsync();

        once.ChangesFrom(before).Should().NotBeEmpty("the call of these tests makes the script write");
        Homes.EveryIdHasAHome(once);
        if (RepeatMovesTimes)
        {
            twice.ToString().Should().Be(once.ToString());
        }
        else
        {
            twice.ChangesFrom(once).Should().BeEmpty();
        }
    }

    [Fact]
    public async Task A_key_of_the_wrong_type_stops_it_before_it_writes()
    {
        var failures = new List<string>();
        foreach (var key in await FindStructuralKeysAsync())
        {
            await using var store = await Store.OpenAsync(Server);
            await store.SeedAsync(Seed);
            await PutWrongTypeAsync(store, key);
            var before = await store.LookAsync();

            var stopped = await TryCallAsync(store.Shard);

            var after = await store.LookAsync();
            failures.AddRange(Homes.LostBetween(before, after).Except(stopped ? [] : Removed).Select(id => $"{key}: {id} lost its last home"));
            if (stopped)
            {
                failures.AddRange(after.ChangesFrom(before).Select(change => $"{key}: wrote before it stopped: {change}"));
            }
        }

        failures.Should().BeEmpty();
    }

    [Fact]
    public async Task A_user_who_may_not_publish_has_the_same_effect()
    {
        await Store.SeedAsync(Seed);
        await CallAsync(Store.Shard);
        await using var user = await RestrictedUser.ConnectAsync(Server, Store);
        await using var store = await Store.OpenAsync(Server);
        await store.SeedAsync(Seed);

        await CallAsync(store.ShardOver(user.Connection, TimeSpan.FromSeconds(30)));

        (await store.LookAsync()).ToString().Should().Be((await Store.LookAsync()).ToString());
    }

    /// <summary>Every key that the seeded store has before or after the call, and every one that the header names.</summary>
    private async Task<IEnumerable<string>> FindStructuralKeysAsync()
    {
        await Store.SeedAsync(Seed);
        var before = await Store.LookAsync();
        await CallAsync(Store.Shard);
        var after = await Store.LookAsync();
        return before.Keys.Concat(after.Keys).Select(static key => key.Name)
            .Concat(ScriptHeader.Parse(ScriptHeader.ReadFile(ScriptName)).DerivedKeys.Keys)
            .Distinct()
            .Order(StringComparer.Ordinal);
    }

    private static async Task PutWrongTypeAsync(Store store, string name)
    {
        var key = store.Key(name);
        await store.Database.KeyDeleteAsync(key);
        if (name.StartsWith("job:", StringComparison.Ordinal) || name.StartsWith("turn:", StringComparison.Ordinal))
        {
            await store.Database.ListLeftPushAsync(key, WrongType);
        }
        else
        {
            await store.Database.StringSetAsync(key, WrongType);
        }
    }

    /// <returns>Whether the server stopped the script with an error.</returns>
    private async Task<bool> TryCallAsync(RedisShard shard)
    {
        try
        {
            await CallAsync(shard);
            return false;
        }
        catch (RedisServerException)
        {
            return true;
        }
    }
}
