using System.Collections.Concurrent;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// A connection to one master, over which writes travel together with the wait for its replicas. WAIT covers what its own connection has
/// written, so it must be certain that both went over the same: the connection has a name that the client does not give to one that takes
/// its place, and each wait asks for it. A line that has lost it is not used again. Safe to use from any thread.
/// </summary>
internal sealed class AcknowledgedLine
{
    private readonly Func<RedisKeys, RedisShard> _shardOver;
    private readonly ConcurrentDictionary<byte, RedisShard> _shards = [];
    private readonly string _name;

    private AcknowledgedLine(IConnectionMultiplexer connection, Func<RedisKeys, RedisShard> shardOver, string name)
    {
        Connection = connection;
        _shardOver = shardOver;
        _name = name;
    }

    public IConnectionMultiplexer Connection { get; }

    /// <summary>One of the master's shards over this connection.</summary>
    public RedisShard ShardOf(RedisKeys keys) => _shards.GetOrAdd(keys.Shard, static (_, at) => at.over(at.keys), (over: _shardOver, keys));

    /// <param name="connection">To one master, and to nothing else.</param>
    /// <param name="shardOver">Makes a shard over that connection.</param>
    /// <param name="first">Of any shard.</param>
    /// <param name="name">What the connection's name begins with; people see it in the list of clients. The client may have none.</param>
    public static async Task<AcknowledgedLine> OpenAsync(IConnectionMultiplexer connection, Func<RedisKeys, RedisShard> shardOver, RedisKeys first, string? name)
    {
        var unique = string.Concat(name, "-", Guid.NewGuid().ToString("N"));
        var line = new AcknowledgedLine(connection, shardOver, unique);
        await line.ShardOf(first).SetNameAsync(unique).ConfigureAwait(false);
        return line;
    }

    /// <summary>Waits until replicas have everything that was written over this line.</summary>
    /// <param name="keys">Of the shard that was written to.</param>
    /// <param name="replicas">How many.</param>
    /// <param name="limit">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait here; the server goes on with it.</param>
    /// <returns>How many have it.</returns>
    public async Task<int> WaitAsync(RedisKeys keys, int replicas, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (found, name) = await ShardOf(keys).WaitForReplicasAsync(replicas, limit, cancellationToken).ConfigureAwait(false);

        // A client that has followed a redirection knows another server too, and which of them has answered what is not known.
        return name == _name && Connection.GetEndPoints().Length == 1
            ? found
            : throw new TimeoutException("The connection for acknowledged writes was lost before its replicas were asked.");
    }
}
