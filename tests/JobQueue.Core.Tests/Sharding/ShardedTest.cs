using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Sharding;

/// <summary>A test with hosts over several shards of one store.</summary>
public abstract class ShardedTest(TestServer server) : IAsyncLifetime
{
    private protected const int Shards = 4;

    private readonly string _prefix = TestServer.NewPrefix();

    private protected TestServer Server { get; } = server;

    private protected IDatabase Database => Server.Connection.GetDatabase();

    private protected static CancellationToken Test => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        for (var shard = 0; shard < Shards; shard++)
        {
            foreach (var key in await FindKeysAsync(shard))
            {
                await Database.KeyDeleteAsync(key);
            }
        }
    }

    private protected RedisKey Key(int shard, string name) => $"{{{_prefix}:{shard}}}:{name}";

    private protected Task<TestHost> StartAsync(Action<JobQueueBuilder> addHandlers, int shards = Shards, Action<JobQueueOptions>? configure = null)
        => TestHost.StartAsync(Server, addHandlers, options =>
        {
            (options.KeyPrefix, options.Shards) = (_prefix, shards);
            configure?.Invoke(options);
        });

    private protected Task<TestHost> StartClientAsync(int shards = Shards) => StartAsync(static _ => { }, shards, static options => options.RunWorkers = false);

    /// <summary>How many waiting jobs each shard has of the default queue.</summary>
    private protected async Task<long[]> WaitingAsync()
        => await Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => Database.ListLengthAsync(Key(shard, "queue:default:normal"))));

    private async Task<HashSet<RedisKey>> FindKeysAsync(int shard)
    {
        var keys = new HashSet<RedisKey>();
        var cursor = "0";
        do
        {
            var reply = (RedisResult[])await Database.ExecuteAsync("SCAN", cursor, "MATCH", Key(shard, "*"), "COUNT", 1000);
            cursor = (string)reply[0];
            keys.UnionWith((RedisKey[])reply[1]);
        }
        while (cursor != "0");

        return keys;
    }
}
