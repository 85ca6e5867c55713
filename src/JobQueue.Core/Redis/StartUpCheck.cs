using JobQueue.Diagnostics;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// Checks, when a process connects, what would otherwise fail or lose jobs later: the server's version, its eviction
/// policy, its script support and the schema of the data.
/// </summary>
internal static class StartUpCheck
{
    /// <summary>Version of the data model; a newer one in Redis is refused.</summary>
    public const int Schema = 1;

    public static readonly Version OldestServer = new(7, 0);

    public static async Task RunAsync(IConnectionMultiplexer connection, RedisShard shard, ILogger logger)
    {
        IServer? server;
        (long Now, string Schema, string EvictionPolicy) found;
        try
        {
            server = await FindServerAsync(connection, shard).ConfigureAwait(false);
            found = await OpenScript.RunAsync(shard, Schema, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RedisServerException e)
        {
            throw RedisErrors.IsPassing(e) ? Errors.Unavailable("open", e) : Errors.ScriptsNotSupported(e);
        }
        catch (Exception e) when (RedisErrors.IsUnanswered(e))
        {
            throw Errors.Unavailable("open", e);
        }

        CheckSchema(found.Schema);
        CheckPolicy(found.EvictionPolicy, logger);
        if (logger.IsEnabled(LogLevel.Information))
        {
            Log.Connected(logger, server?.EndPoint?.ToString() ?? "?", server?.Version?.ToString() ?? "?", shard.Keys.Root);
        }
    }

    /// <summary>Checks that the server can do what <see cref="JobQueueOptions.ReplicasToAcknowledge"/> asks for.</summary>
    public static async Task RunAsync(AcknowledgedWrites acknowledged, RedisShard shard, ILogger logger)
    {
        try
        {
            var (found, wanted) = await acknowledged.CheckAsync(shard).ConfigureAwait(false);
            if (found < wanted)
            {
                Log.TooFewReplicas(logger, found, wanted);
            }
        }
        catch (RedisException e)
        {
            throw RedisErrors.IsPassing(e) ? Errors.Unavailable("open", e) : Errors.WaitNotSupported(acknowledged.Replicas, e);
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
    private static async Task<IServer?> FindServerAsync(IConnectionMultiplexer connection, RedisShard shard)
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
