using System.Globalization;
using System.Net;
using JobQueue.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// Owns this process's connections: one for the job traffic and, on demand, one for the heartbeat. Connects on first use;
/// a failed first connection is tried again by the next call. Safe to use from any thread.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly JobQueueOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisConnection> _logger;
    private readonly JobQueueMetrics? _metrics;
    private readonly Lock _gate = new();
    private readonly List<IConnectionMultiplexer> _owned = [];
    private Task<RedisShards>? _main;
    private bool _disposed;

    public RedisConnection(IOptions<JobQueueOptions> options, TimeProvider time, ILogger<RedisConnection> logger, JobQueueMetrics? metrics = null)
    {
        _options = options.Value;
        _time = time;
        _logger = logger;
        _metrics = metrics;
        Acknowledged = _options.ReplicasToAcknowledge == 0 ? null
            : new AcknowledgedWrites(_options.ReplicasToAcknowledge, _options.CallTimeout, time, OpenLineAsync, CloseOwnAsync);
    }

    /// <summary>What runs calls that replicas must have; null when none must.</summary>
    public AcknowledgedWrites? Acknowledged { get; }

    /// <summary>Whether the heartbeat has to share the connection of the job traffic.</summary>
    public bool IsShared => _options.ConnectionMultiplexer is not null;

    /// <summary>The shards of the store, open.</summary>
    public ValueTask<RedisShards> GetShardsAsync(CancellationToken cancellationToken)
    {
        var main = Volatile.Read(ref _main);
        return main is { IsCompletedSuccessfully: true } ? new(main.Result) : new(ConnectOnce().WaitAsync(cancellationToken));
    }

    /// <summary>The first shard, which always exists and has what the whole store has once: recurring jobs, handlers, the number of shards.</summary>
    public async ValueTask<RedisShard> GetFirstAsync(CancellationToken cancellationToken)
        => (await GetShardsAsync(cancellationToken).ConfigureAwait(false)).First;

    /// <summary>Makes shards over a connection of the heartbeat's own, so that no reply of the job traffic stands before a beat.</summary>
    public async Task<Func<byte, RedisShard>> OpenForHeartbeatAsync(CancellationToken cancellationToken)
    {
        var link = ToLink(await ConnectAsync(cancellationToken).ConfigureAwait(false));
        return number => ToShard(link, number);
    }

    private Task<RedisShards> ConnectOnce()
    {
        lock (_gate)
        {
            if (_main is null || _main.IsFaulted || _main.IsCanceled)
            {
                _main = OpenAsync();
            }

            return _main;
        }
    }

    private async Task<RedisShards> OpenAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // Nothing below runs under the lock.
        var connection = await ConnectAsync(CancellationToken.None).ConfigureAwait(false);
        var link = ToLink(connection);
        var check = new StartUpCheck(connection, Acknowledged, _logger);
        var shards = new RedisShards(number => ToShard(link, number), check, _options.Shards, _time);
        await shards.RefreshAsync().ConfigureAwait(false);
        if (shards.Known.Length > _options.Shards)
        {
            Log.MoreShardsThanSet(_logger, shards.Known.Length, _options.Shards);
        }

        return shards;
    }

    private RedisLink ToLink(IConnectionMultiplexer connection)
    {
        var link = new RedisLink(connection) { Open = IsShared ? null : () => ConnectAsync(CancellationToken.None), Close = CloseOwnAsync };
        link.OnReplaced(() => Log.ConnectionReplaced(_logger, _options.CallTimeout));
        return link;
    }

    private RedisShard ToShard(RedisLink link, byte number)
        => new(link, new RedisKeys(_options.KeyPrefix, link.Database.Database, number), _options.CallTimeout, _time, _metrics);

    private async Task<AcknowledgedLine> OpenLineAsync(EndPoint master, RedisKeys first)
    {
        var configuration = RedisConfiguration.Of(_options, master);
        var connection = await OwnAsync(await Task.Run(() => ConnectionMultiplexer.ConnectAsync(configuration)).ConfigureAwait(false)).ConfigureAwait(false);
        var link = new RedisLink(connection);
        return await AcknowledgedLine.OpenAsync(connection, keys => new RedisShard(link, keys, _options.CallTimeout, _time, _metrics), first, configuration.ClientName).ConfigureAwait(false);
    }

    /// <remarks>On the thread pool: the client reads replies on the scheduler that is current when it connects, and a host's own may be busy.</remarks>
    private async Task<IConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_options.ConnectionMultiplexer is { } shared)
        {
            return shared;
        }

        IConnectionMultiplexer connection;
        if (_options.ConnectionFactory is { } factory)
        {
            connection = await ConnectByFactoryAsync(factory, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            connection = await ConnectByStringAsync().ConfigureAwait(false);
        }

        return await OwnAsync(connection).ConfigureAwait(false);
    }

    private static async Task<IConnectionMultiplexer> ConnectByFactoryAsync(
        Func<CancellationToken, Task<IConnectionMultiplexer>> factory, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => factory(cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (RedisConnectionException e)
        {
            throw Errors.CannotConnect("the address that ConnectionFactory uses", e);
        }
    }

    private async Task<IConnectionMultiplexer> ConnectByStringAsync()
    {
        var configuration = RedisConfiguration.Of(_options);

        // Of several tries the exception tells of the last, which may have failed of something else; the log tells of each.
        using var log = new StringWriter(CultureInfo.InvariantCulture);
        try
        {
            return await Task.Run(() => ConnectionMultiplexer.ConnectAsync(configuration, log)).ConfigureAwait(false);
        }
        catch (RedisConnectionException e)
        {
            throw Errors.CannotConnect(string.Join(", ", configuration.EndPoints.Select(Format)), e, log.ToString());
        }
    }

    private static string Format(System.Net.EndPoint endPoint) => endPoint switch
    {
        System.Net.DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        _ => endPoint.ToString() ?? "?",
    };

    private async Task<IConnectionMultiplexer> OwnAsync(IConnectionMultiplexer connection)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _owned.Add(connection);
                return connection;
            }
        }

        await CloseAsync(connection).ConfigureAwait(false);
        throw Errors.Stopped();
    }

    public async ValueTask DisposeAsync()
    {
        IConnectionMultiplexer[] owned;
        lock (_gate)
        {
            _disposed = true;
            owned = [.. _owned];
            _owned.Clear();
        }

        foreach (var connection in owned)
        {
            await CloseAsync(connection).ConfigureAwait(false);
        }
    }

    private async Task CloseOwnAsync(IConnectionMultiplexer connection)
    {
        lock (_gate)
        {
            _owned.Remove(connection);
        }

        await CloseAsync(connection).ConfigureAwait(false);
    }

    private static async Task CloseAsync(IConnectionMultiplexer connection)
    {
        await connection.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);

        // Version 1 of the client declares Dispose in the interface, later ones inherit it: a call by its name fails with any but the one compiled against.
        (connection as IDisposable)?.Dispose();
    }
}
