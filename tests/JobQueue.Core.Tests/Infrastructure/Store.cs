using System.Globalization;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// All keys under one prefix that no other test has: to seed, to run scripts on, and to look at. Its keys are removed
/// when it is disposed.
/// </summary>
internal sealed class Store : IAsyncDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private readonly TestServer _server;

    private Store(TestServer server)
    {
        _server = server;
        Prefix = TestServer.NewPrefix();
        Connection = server.Connection;
        Database = Connection.GetDatabase();
        Shard = ShardOver(Connection, CallTimeout);
    }

    /// <summary>For <see cref="JobQueueOptions.KeyPrefix"/>.</summary>
    public string Prefix { get; }

    public IConnectionMultiplexer Connection { get; }

    public IDatabase Database { get; }

    public RedisShard Shard { get; }

    public string Root => Shard.Keys.Root;

    /// <summary>An empty store, as a process finds it that has passed its start-up checks.</summary>
    public static async Task<Store> OpenAsync(TestServer server)
    {
        var store = new Store(server);
        await store.Database.HashSetAsync(store.Key("meta"), "schema", StartUpCheck.Schema);
        return store;
    }

    /// <summary>The full name of one of the store's keys.</summary>
    public RedisKey Key(string name) => Root + ":" + name;

    /// <summary>The same keys over another connection.</summary>
    public RedisShard ShardOver(IConnectionMultiplexer connection, TimeSpan callTimeout)
        => new(connection, new RedisKeys(Prefix, database: 0, shard: 0), callTimeout, TimeProvider.System);

    /// <summary>The server that has the store's keys, for commands that carry none.</summary>
    public IServer Server => _server.ServerOf(Root);

    /// <summary>The server's clock, in ms.</summary>
    public async Task<long> NowAsync()
    {
        var time = (string[])await Database.ScriptEvaluateAsync("return redis.call('TIME')", [Root]);
        return (long.Parse(time[0], CultureInfo.InvariantCulture) * 1000) + (long.Parse(time[1], CultureInfo.InvariantCulture) / 1000);
    }

    /// <summary>Writes jobs and workers with plain commands, not with the scripts that are tested.</summary>
    public async Task SeedAsync(Action<StoreSeed> seed)
    {
        var seeded = new StoreSeed(this, await NowAsync());
        seed(seeded);
        await seeded.WrittenAsync();
    }

    /// <summary>Every key with its content.</summary>
    public Task<Keyspace> LookAsync() => Keyspace.ReadAsync(this);

    /// <summary>What a call changed, as <see cref="Keyspace.ChangesFrom"/> says it.</summary>
    public async Task<IReadOnlyList<string>> ChangesOfAsync(Func<Task> call)
    {
        var before = await LookAsync();
        await call();
        return (await LookAsync()).ChangesFrom(before);
    }

    /// <summary>
    /// The names of every key, by asynchronous scans: a blocked thread a test would starve the pool that reads the replies. The pattern goes as
    /// a key, which takes the call to the server that has them.
    /// </summary>
    public async Task<IReadOnlyCollection<RedisKey>> FindKeysAsync()
    {
        var keys = new HashSet<RedisKey>();
        var cursor = "0";
        do
        {
            var reply = (RedisResult[])await Database.ExecuteAsync("SCAN", cursor, "MATCH", (RedisKey)(Root + ":*"), "COUNT", 1000);
            cursor = (string)reply[0];
            keys.UnionWith((RedisKey[])reply[1]);
        }
        while (cursor != "0");

        return keys;
    }

    public async ValueTask DisposeAsync() => await Database.KeyDeleteAsync([.. await FindKeysAsync()]);
}
