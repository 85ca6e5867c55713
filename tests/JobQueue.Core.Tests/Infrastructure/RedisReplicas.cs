using System.Globalization;
using JobQueue.Embedded.Servers;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>A master of the tests' own on loopback with its replicas and, where a test wants fail-overs, sentinels that watch it.</summary>
internal sealed class RedisReplicas : IAsyncDisposable
{
    /// <summary>What the sentinels call the master.</summary>
    public const string Name = "jobs";

    private const int Sentinels = 3;

    private readonly List<RedisNode> _servers = [];
    private readonly List<RedisNode> _sentinels = [];

    private RedisReplicas()
    {
    }

    public string Password { get; } = ServerPassword.Create();

    /// <summary>The master that was started first, then its replicas.</summary>
    public IReadOnlyList<RedisNode> Servers => _servers;

    public RedisNode Master => _servers[0];

    public IEnumerable<RedisNode> Replicas => _servers.Skip(1);

    /// <summary>All servers; a client finds out which is the master.</summary>
    public string ConnectionString => string.Join(',', _servers.Select(static node => node.EndPoint)) + ",password=" + Password;

    public static async Task<RedisReplicas> StartAsync(int replicas, params string[] configuration)
    {
        var started = new RedisReplicas();
        try
        {
            started._servers.Add(await RedisNode.StartAsync(started.Password, configuration));
            for (var number = 0; number < replicas; number++)
            {
                started._servers.Add(await RedisNode.StartAsync(started.Password, [.. configuration, $"replicaof 127.0.0.1 {started.Master.Port}"]));
            }

            await started.AttachedAsync();
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts sentinels, and waits until each knows the others and the replicas.</summary>
    /// <param name="downAfter">After how long of silence the master is replaced.</param>
    public async Task StartSentinelsAsync(TimeSpan downAfter)
    {
        for (var number = 0; number < Sentinels; number++)
        {
            _sentinels.Add(await RedisNode.StartSentinelAsync(Password, [
                $"sentinel monitor {Name} 127.0.0.1 {Master.Port} {(Sentinels / 2) + 1}",
                $"sentinel auth-pass {Name} {Password}",
                $"sentinel sentinel-pass {Password}",
                string.Create(CultureInfo.InvariantCulture, $"sentinel down-after-milliseconds {Name} {downAfter.TotalMilliseconds:0}"),
                $"sentinel failover-timeout {Name} 10000"]));
        }

        foreach (var sentinel in _sentinels)
        {
            await Eventually.HoldsAsync(
                async () => (await sentinel.SendAsync("INFO", "sentinel")).Contains($"slaves={_servers.Count - 1},sentinels={Sentinels}", StringComparison.Ordinal),
                "the sentinels know the replicas and each other");
        }
    }

    /// <summary>Which of the servers that answer says that it is the master; null while there is none, or more than one.</summary>
    public async Task<RedisNode?> FindMasterAsync()
    {
        var masters = new List<RedisNode>();
        foreach (var server in _servers.Where(static server => server.IsRunning && !server.IsFrozen))
        {
            if (await server.ReadReplicationAsync("role") == "master")
            {
                masters.Add(server);
            }
        }

        return masters is [var master] ? master : null;
    }

    /// <summary>Whether one of the servers that answer is a master that serves so many replicas.</summary>
    public async Task<bool> HasFollowersAsync(int replicas)
    {
        foreach (var server in _servers.Where(static server => server.IsRunning && !server.IsFrozen))
        {
            var replication = await server.SendAsync("INFO", "replication");
            if (replication.Contains("role:master", StringComparison.Ordinal) && replication.Split("state=online").Length - 1 == replicas)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the replicas from their master: each keeps what it has, and hears of no more.</summary>
    public async Task DetachAsync()
    {
        foreach (var replica in Replicas)
        {
            await replica.SendAsync("REPLICAOF", "NO", "ONE");
        }

        await Eventually.HoldsAsync(async () => await Master.ReadReplicationAsync("connected_slaves") == "0", "the master has no replica");
    }

    /// <summary>Gives the replicas back to it.</summary>
    public async Task AttachAsync()
    {
        foreach (var replica in Replicas)
        {
            await replica.SendAsync("REPLICAOF", "127.0.0.1", Master.Port);
        }

        await AttachedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _sentinels.Concat(_servers))
        {
            await node.DisposeAsync();
        }
    }

    private async Task AttachedAsync()
    {
        foreach (var replica in Replicas)
        {
            await Eventually.HoldsAsync(async () => await replica.ReadReplicationAsync("master_link_status") == "up", "each replica follows the master");
        }

        await Eventually.HoldsAsync(
            async () => (await Master.SendAsync("INFO", "replication")).Split("state=online").Length - 1 == _servers.Count - 1, "the master serves each replica");
    }
}
