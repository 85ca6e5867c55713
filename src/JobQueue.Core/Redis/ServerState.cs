using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>What a store's safety depends on at its server, as it is now.</summary>
/// <param name="Now">The server's clock.</param>
/// <param name="Latency">How long a script's call took, there and back.</param>
/// <param name="EvictionPolicy">What the server does when its memory is full; empty where it does not say.</param>
/// <param name="KeepsLog">Whether it writes what it takes to an append-only file; null where it does not say.</param>
/// <param name="TakesSnapshots">Whether it writes snapshots by itself; null where it does not say.</param>
/// <param name="LastWriteFailed">Whether the last write of either to the disk has failed.</param>
internal sealed record ServerState(
    DateTimeOffset Now, TimeSpan Latency, string EvictionPolicy, bool? KeepsLog, bool? TakesSnapshots, bool LastWriteFailed)
{
    /// <summary>Reads those of all shards, and answers the one with which most is wrong; when nothing is, the slowest.</summary>
    public static async Task<ServerState> ReadWorstAsync(RedisCalls calls, TimeProvider time, CancellationToken cancellationToken)
    {
        var all = await calls.AllAsync(cancellationToken).ConfigureAwait(false);
        var states = await Task.WhenAll(Array.ConvertAll(all, shard => ReadAsync(shard, time, cancellationToken))).ConfigureAwait(false);
        return states
            .OrderByDescending(static state => state.LastWriteFailed)
            .ThenByDescending(static state => state is { KeepsLog: false, TakesSnapshots: false })
            .ThenByDescending(static state => state.EvictionPolicy is not ("noeviction" or ""))
            .ThenByDescending(static state => state.Latency)
            .First();
    }

    /// <summary>Reads it, with the script that every process begins with: it proves that scripts run and may write.</summary>
    public static async Task<ServerState> ReadAsync(RedisCalls calls, TimeProvider time, CancellationToken cancellationToken)
    {
        var (now, policy, latency) = await calls.RunAsync("look at the server", OpenAsync, time, cancellationToken).ConfigureAwait(false);
        var (info, save) = await calls.RunAsync("look at the server", ReadAsync, state: 0, cancellationToken).ConfigureAwait(false);
        return new ServerState(
            DateTimeOffset.FromUnixTimeMilliseconds(now),
            latency,
            policy,
            KeepsLogBy(info),
            save is null ? null : save.Length > 0,
            Find(info, "aof_last_write_status") is "err" || Find(info, "rdb_last_bgsave_status") is "err");
    }

    private static async Task<(long Now, string Policy, TimeSpan Latency)> OpenAsync(RedisShard shard, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var (now, _, policy, _) = await OpenScript.RunAsync(shard, StartUpCheck.Schema, shards: 0, cancellationToken).ConfigureAwait(false);
        return (now, policy, time.GetElapsedTime(began));
    }

    private static async Task<(string Info, string? Save)> ReadAsync(RedisShard shard, int state, CancellationToken cancellationToken)
        => (await TryAsync(() => shard.ReadInfoAsync("persistence", cancellationToken)!).ConfigureAwait(false) ?? "",
            await TryAsync(() => shard.ReadSettingAsync("save", cancellationToken)).ConfigureAwait(false));

    /// <summary>A server, or its rights, may refuse to tell; that is no failure of the store.</summary>
    private static async Task<string?> TryAsync(Func<Task<string?>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (RedisServerException e) when (!RedisErrors.IsPassing(e))
        {
            return null;
        }
        catch (RedisCommandException)
        {
            return null;
        }
    }

    /// <summary>Redis and Valkey say it outright; Garnet has addresses of its log, or N/A.</summary>
    private static bool? KeepsLogBy(string info)
        => Find(info, "aof_enabled") is { } enabled ? enabled == "1"
            : Find(info, "CommittedBeginAddress") is { } address ? address != "N/A"
            : null;

    private static string? Find(string info, string name)
    {
        foreach (var line in info.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] == ':')
            {
                return line[(name.Length + 1)..].ToString();
            }
        }

        return null;
    }
}
