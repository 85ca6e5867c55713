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
    private readonly Dictionary<RedisNode, Ports> _ports = [];
    private readonly NodeNetwork? _network;

    private RedisCluster(NodeNetwork? network) => _network = network;

    /// <summary>All nodes; a client finds out which is what.</summary>
    public string ConnectionString => string.Join(',', _nodes.Select(node => "127.0.0.1:" + Text(_ports[node].Announced))) + ",password=" + _password;

    /// <param name="configuration">More lines of each node's configuration.</param>
    public static Task<RedisCluster> StartAsync(params string[] configuration) => StartAsync(new RedisCluster(network: null), configuration);

    /// <summary>One whose nodes can be kept from each other, see <see cref="IsolateAsync"/>.</summary>
    /// <param name="configuration">More lines of each node's configuration.</param>
    public static Task<RedisCluster> StartSplittableAsync(params string[] configuration) => StartAsync(new RedisCluster(new NodeNetwork()), configuration);

    private static async Task<RedisCluster> StartAsync(RedisCluster cluster, string[] configuration)
    {
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

    /// <summary>Keeps a node from all others. Its clients reach it as before.</summary>
    public async Task IsolateAsync(RedisNode node)
    {
        var name = await node.SendAsync("CLUSTER", "MYID");
        _network!.Isolate(name, node.EndPoint.Port, _ports[node].Bus);
    }

    /// <summary>Lets all nodes reach each other again.</summary>
    public void Heal() => _network!.Heal();

    /// <summary>Which of the nodes that answer says that it is the master of a key's slot; null while none does, or more than one.</summary>
    public async Task<RedisNode?> FindMasterAsync(string key)
    {
        var masters = new List<RedisNode>();
        foreach (var node in _nodes.Where(static node => node.IsRunning && !node.IsFrozen))
        {
            var slot = await SlotOfAsync(node, key);
            var own = await ReadOwnLineAsync(node);
            if (own[2].Contains("master", StringComparison.Ordinal) && own.Skip(8).Any(range => Has(range, slot))
                && (await node.SendAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal))
            {
                masters.Add(node);
            }
        }

        return masters is [var master] ? master : null;
    }

    /// <summary>The nodes that run and are masters.</summary>
    public async Task<IReadOnlyList<RedisNode>> FindMastersAsync()
    {
        var masters = new List<RedisNode>();
        foreach (var node in _nodes.Where(static node => node.IsRunning))
        {
            if ((await ReadOwnLineAsync(node))[2].Contains("master", StringComparison.Ordinal))
            {
                masters.Add(node);
            }
        }

        return masters;
    }

    /// <summary>Moves a slot with its keys from one master to another, as an operator does while the cluster serves.</summary>
    public async Task MoveSlotAsync(string key, RedisNode from, RedisNode to)
    {
        var slot = (await SlotOfAsync(from, key)).ToString(CultureInfo.InvariantCulture);
        var (fromId, toId) = (await from.SendAsync("CLUSTER", "MYID"), await to.SendAsync("CLUSTER", "MYID"));
        await to.SendAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", fromId);
        await from.SendAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", toId);
        while (await from.SendAsync("EVAL", "return table.concat(redis.call('CLUSTER', 'GETKEYSINSLOT', ARGV[1], 100), ' ')", "0", slot) is { Length: > 0 } keys)
        {
            await from.SendAsync(["MIGRATE", "127.0.0.1", to.Port, "", "0", "10000", "AUTH", _password, "KEYS", .. keys.Split(' ')]);
        }

        foreach (var node in (await FindMastersAsync()).OrderBy(node => node == to ? 0 : node == from ? 1 : 2))
        {
            await node.SendAsync("CLUSTER", "SETSLOT", slot, "NODE", toId);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await (_network?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task AddNodeAsync(string[] configuration)
    {
        for (var triesLeft = 2; ; triesLeft--)
        {
            try
            {
                await TryAddNodeAsync(configuration);
                return;
            }
            catch (RedisNodeExitedException) when (triesLeft > 0)
            {
                // Once more, at other ports.
            }
        }
    }

    private async Task TryAddNodeAsync(string[] configuration)
    {
        var (port, bus) = (ServerPort.Find(), ServerPort.Find());
        var ports = _network is null ? new Ports(bus, port, bus) : new Ports(bus, _network.Listen(port), _network.Listen(bus));
        var node = await RedisNode.StartAsync(_password, port, [
            "cluster-enabled yes",
            "cluster-config-file nodes.conf",
            "cluster-node-timeout 5000",
            "cluster-port " + Text(bus),
            "cluster-announce-port " + Text(ports.Announced),
            "cluster-announce-bus-port " + Text(ports.AnnouncedBus),
            .. configuration]);
        _ports.Add(node, ports);
        _nodes.Add(node);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

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
                "CLUSTER", "MEET", "127.0.0.1", Text(_ports[node].Announced), Text(_ports[node].AnnouncedBus));
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

    private static async Task<int> SlotOfAsync(RedisNode node, string key)
        => int.Parse((await node.SendAsync("CLUSTER", "KEYSLOT", key)).AsSpan(1), CultureInfo.InvariantCulture);

    /// <summary>What a node says of itself: id, addresses, flags, its master, three times and numbers, the state of its link, and its slots.</summary>
    private static async Task<string[]> ReadOwnLineAsync(RedisNode node)
        => (await node.SendAsync("CLUSTER", "NODES")).Split('\n').Single(static line => line.Contains("myself", StringComparison.Ordinal)).Split(' ');

    private static bool Has(string range, int slot)
    {
        var ends = range.Split('-');
        return int.TryParse(ends[0], CultureInfo.InvariantCulture, out var first) && int.TryParse(ends[^1], CultureInfo.InvariantCulture, out var last) && first <= slot && slot <= last;
    }

    /// <param name="Bus">Where the node listens for others.</param>
    /// <param name="Announced">Where clients and replicas reach it.</param>
    /// <param name="AnnouncedBus">Where others reach it.</param>
    private sealed record Ports(int Bus, int Announced, int AnnouncedBus);
}
