using JobQueue.Diagnostics;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// Checks, when a process connects, what would otherwise fail or lose jobs later: the server's version, its eviction
/// policy, its script support and the schema of the data.
/// </summary>
/// <param name="connection">Where the shards are.</param>
/// <param name="acknowledged">What must reach replicas; null when nothing must.</param>
/// <param name="logger">The log.</param>
internal sealed class StartUpCheck(IConnectionMultiplexer connection, AcknowledgedWrites? acknowledged, ILogger logger)
{
    /// <summary>Version of the data model; a newer one in Redis is refused.</summary>
    public const int Schema = 1;

    public static readonly Version OldestServer = new(7, 0);

    private const int PageSize = 50;

    private readonly HashSet<byte> _checked = [];

    /// <summary>Opens a shard, and checks it and its server when that is the first time.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="shards">For the first shard, how many there are to be at least; 0 to leave their number alone.</param>
    /// <returns>How many shards the store has; right on the first shard only.</returns>
    public Task<int> OpenAsync(RedisShard shard, int shards) => TranslateAsync(e => Errors.MetaOfWrongType(shard.Keys.Meta, e), async () =>
    {
        bool isNew;
        lock (_checked)
        {
            isNew = !_checked.Contains(shard.Keys.Shard);
        }

        var server = isNew ? await FindServerAsync(shard).ConfigureAwait(false) : null;
        var found = await OpenScript.RunAsync(shard, Schema, shards, CancellationToken.None).ConfigureAwait(false);
        if (isNew)
        {
            await CheckAsync(shard, server, found).ConfigureAwait(false);
        }

        return found.Shards;
    });

    /// <summary>Pauses on a shard that nobody uses yet what is paused on the first.</summary>
    public static Task CopyPausesAsync(RedisShard first, RedisShard shard) => TranslateAsync(static e => Errors.ScriptFailed("open", e), async () =>
    {
        var cursor = "0";
        do
        {
            (_, cursor, var paused) = await QueuesScript.RunAsync(first, paused: true, cursor, PageSize, CancellationToken.None).ConfigureAwait(false);
            foreach (var queue in paused)
            {
                await PauseScript.RunAsync(shard, queue.Name, CancellationToken.None).ConfigureAwait(false);
            }
        }
        while (cursor != "0");

        return 0;
    });

    private static async Task<int> TranslateAsync(Func<Exception, Exception> ofWrongType, Func<Task<int>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RedisServerException e)
        {
            throw RedisErrors.IsPassing(e) ? Errors.Unavailable("open", e)
                : RedisErrors.IsWrongType(e) ? ofWrongType(e)
                : Errors.ScriptsNotSupported(e);
        }
        catch (Exception e) when (RedisErrors.IsUnanswered(e))
        {
            throw Errors.Unavailable("open", e);
        }
    }

    private async Task CheckAsync(RedisShard shard, IServer? server, OpenReply found)
    {
        CheckSchema(found.Schema);
        CheckPolicy(found.EvictionPolicy, logger);
        if (logger.IsEnabled(LogLevel.Information))
        {
            Log.Connected(logger, server?.EndPoint?.ToString() ?? "?", server?.Version?.ToString() ?? "?", shard.Keys.Root);
        }

        if (acknowledged is not null)
        {
            await CheckReplicasAsync(acknowledged, shard).ConfigureAwait(false);
        }

        lock (_checked)
        {
            _checked.Add(shard.Keys.Shard);
        }
    }

    /// <summary>Checks that the server can do what <see cref="JobQueueOptions.ReplicasToAcknowledge"/> asks for.</summary>
    private async Task CheckReplicasAsync(AcknowledgedWrites writes, RedisShard shard)
    {
        try
        {
            var (found, wanted) = await writes.CheckAsync(shard).ConfigureAwait(false);
            if (found < wanted)
            {
                Log.TooFewReplicas(logger, found, wanted);
            }
        }
        catch (RedisException e)
        {
            throw RedisErrors.IsPassing(e) ? Errors.Unavailable("open", e) : Errors.WaitNotSupported(writes.Replicas, e);
        }
        catch (Exception e) when (RedisErrors.IsUnanswered(e))
        {
            throw Errors.Unavailable("open", e);
        }
    }

    internal static void CheckVersion(Version version)
    {
        if (version < OldestServer)
        {
            throw Errors.ServerTooOld(version.ToString());
        }
    }

    internal static void CheckPolicy(string policy, ILogger logger)
    {
        if (policy.StartsWith("allkeys", StringComparison.Ordinal))
        {
            throw Errors.EvictionEnabled(policy);
        }

        if (policy.StartsWith("volatile", StringComparison.Ordinal))
        {
            Log.EvictionOfVolatileKeys(logger, policy);
        }
    }

    internal static void CheckSchema(string found)
    {
        if (!int.TryParse(found, out var version) || version > Schema)
        {
            throw Errors.SchemaTooNew(found, Schema);
        }
    }

    /// <summary>
    /// The server that holds the shard, when it is new enough. Asked of the server, as versions of the client have different names for what is no master.
    /// </summary>
    private async Task<IServer?> FindServerAsync(RedisShard shard)
    {
        if (await shard.FindServerAsync(CancellationToken.None).ConfigureAwait(false) is not { } endPoint)
        {
            return null;
        }

        var server = connection.GetServer(endPoint);
        CheckVersion(server.Version);
        return server;
    }
}
