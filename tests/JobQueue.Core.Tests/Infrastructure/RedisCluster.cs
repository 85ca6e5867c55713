using System.Globalization;
using System.Net;
using JobQueue.Embedded.Servers;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// A Redis Cluster of the tests' own on loopback: three masters that share the slots, each with a replica. Its processes end with this process,
/// also when that is killed.
/// </summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const int Masters = 3;
    private const int Slots = 16_384;

    private readonly string _password = ServerPassword.Create();
    private readonly List<RedisNode> _nodes = [];
    private readonly Dictionary<RedisNode, int> _busPorts = [];

    private RedisCluster()
    {
    }

    /// <summary>All nodes; a client finds out which is what.</summary>
    public string ConnectionString => string.Join(',', _nodes.Select(static node => node.EndPoint)) + ",password=" + _password;

    public IReadOnlyList<RedisNode> Nodes => _nodes;

    /// <param name="configuration">More lines of each node's configuration.</param>
    public static async Task<RedisCluster> StartAsync(params string[] configuration)
    {
        var cluster = new RedisCluster();
        try
        {
            for (var number = 0; number < 2 * Masters; number++)
            {
                await cluster.AddNodeAsync(configuration);
            }

            await cluster.FormAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public RedisNode NodeAt(EndPoint endPoint) => _nodes.Single(node => node.EndPoint.Equals(endPoint));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task AddNodeAsync(string[] configuration)
    {
        var busPort = ServerPort.Find();
        var node = await RedisNode.StartAsync(_password, [
            "cluster-enabled yes",
            "cluster-config-file nodes.conf",
            "cluster-node-timeout 5000",
            string.Create(CultureInfo.InvariantCulture, $"cluster-port {busPort}"),
            .. configuration]);
        _busPorts.Add(node, busPort);
        _nodes.Add(node);
    }

    private async Task FormAsync()
    {
        for (var number = 0; number < Masters; number++)
        {
            var (first, last) = (Slots * number / Masters, (Slots * (number + 1) / Masters) - 1);
            await _nodes[number].SendAsync("CLUSTER", "ADDSLOTSRANGE", first.ToString(CultureInfo.InvariantCulture), last.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var node in _nodes[1..])
        {
            await _nodes[0].SendAsync(
                "CLUSTER", "MEET", "127.0.0.1", node.Port, _busPorts[node].ToString(CultureInfo.InvariantCulture));
        }

        foreach (var node in _nodes)
        {
            await Eventually.HoldsAsync(async () => (await node.SendAsync("CLUSTER", "NODES")).Count(static letter => letter == '\n') == _nodes.Count, "every node knows all");
        }

        for (var number = 0; number < Masters; number++)
        {
            var master = await _nodes[number].SendAsync("CLUSTER", "MYID");
            await _nodes[Masters + number].SendAsync("CLUSTER", "REPLICATE", master);
        }

        foreach (var node in _nodes)
        {
            await Eventually.HoldsAsync(
                async () => (await node.SendAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal)
                    && (await node.SendAsync("INFO", "replication")) is var role
                    && (role.Contains("role:master", StringComparison.Ordinal) ? role.Contains("connected_slaves:1", StringComparison.Ordinal) : role.Contains("master_link_status:up", StringComparison.Ordinal)),
                "the cluster serves and each master has its replica");
        }
    }
}
