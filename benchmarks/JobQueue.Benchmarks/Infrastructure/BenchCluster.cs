using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using StackExchange.Redis;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>
/// A Redis Cluster of masters without replicas on loopback, on which the shards of a store are spread evenly. Its processes end with this one, also when that
/// is killed.
/// </summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private const int Size = 3;
    private const int Slots = 16_384;

    /// <summary>The shell ends the server when nobody is left who could write to it.</summary>
    private const string Script = "\"$0\" \"$1\" & server=$!; read -r line; kill $server; wait $server";

    private readonly string _password = RandomNumberGenerator.GetHexString(64, lowercase: true);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("jobqueue-cluster-");
    private readonly string _program;
    private readonly List<BenchServer> _nodes = [];
    private readonly List<(string Client, string Bus)> _ports = [];

    private BenchCluster(string program) => _program = program;

    public IReadOnlyList<BenchServer> Nodes => _nodes;

    public string ConnectionString => string.Join(',', _ports.Select(static ports => "127.0.0.1:" + ports.Client)) + $",password={_password},abortConnect=false";

    /// <summary>Which of so many nodes keeps a shard.</summary>
    public static int NodeOf(int shard, int nodes) => shard % nodes;

    /// <param name="program">What each node is a process of.</param>
    /// <param name="shards">How many shards are spread; of these and of as many as there are nodes, each node keeps the same number.</param>
    public static async Task<BenchCluster> StartAsync(string program, int shards)
    {
        var cluster = new BenchCluster(program);
        try
        {
            for (var number = 0; number < Size; number++)
            {
                await cluster.AddNodeAsync(number);
            }

            await cluster.FormAsync(shards);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private async Task AddNodeAsync(int number)
    {
        var directory = _directory.CreateSubdirectory(Text(number));
        var (client, bus) = FreePorts();
        var file = Path.Combine(directory.FullName, "redis.conf");
        await File.WriteAllLinesAsync(file,
        [
            "bind 127.0.0.1",
            $"port {client}",
            $"requirepass {_password}",
            $"masterauth {_password}",
            $"dir {directory.FullName}",
            "logfile redis.log",
            "save \"\"",
            "maxmemory-policy noeviction",
            "cluster-enabled yes",
            $"cluster-port {bus}",
        ]);
        var process = Child.Start("sh", ["-c", Script, _program, file]);
        try
        {
            await Meter.UntilAsync(async () => await ListensAsync(client) ? 1 : 0, 1);
            // The client asks for the cluster in vain, and not for a key that may be on another node: so it talks to this one only.
            _nodes.Add(await BenchServer.OfAsync(process, $"127.0.0.1:{client},password={_password},tiebreaker=,$CLUSTER=unknown", _program));
            _ports.Add((client, bus));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private async Task FormAsync(int shards)
    {
        // Made while no node knows another: each stays with its own.
        var connections = await Task.WhenAll(_ports.Select(ports => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{ports.Client},password={_password}")));
        try
        {
            await FormAsync([.. connections.Select(static connection => connection.GetDatabase())], shards);
        }
        finally
        {
            foreach (var connection in connections)
            {
                connection.Dispose();
            }
        }
    }

    private async Task FormAsync(IDatabase[] nodes, int shards)
    {
        var owners = Enumerable.Range(0, Slots).Select(static slot => slot * Size / Slots).ToArray();
        for (var shard = 0; shard < shards; shard++)
        {
            owners[(int)await CallAsync(nodes[0], "KEYSLOT", Store.RootOf(shard))] = NodeOf(shard, Size);
        }

        for (var number = 0; number < Size; number++)
        {
            await CallAsync(nodes[number], ["ADDSLOTS", .. Enumerable.Range(0, Slots).Where(slot => owners[slot] == number).Select(Text)]);
            await CallAsync(nodes[number], "SET-CONFIG-EPOCH", Text(number + 1));
        }

        foreach (var (client, bus) in _ports.Skip(1))
        {
            await CallAsync(nodes[0], "MEET", "127.0.0.1", client, bus);
        }

        foreach (var node in nodes)
        {
            await Meter.UntilAsync(async () => await KnowsAllAsync(node) ? 1 : 0, 1);
        }
    }

    private static async Task<bool> KnowsAllAsync(IDatabase node)
        => ((string)await CallAsync(node, "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal)
            && ((string)await CallAsync(node, "NODES")).Count(static letter => letter == '\n') == Size;

    private static Task<RedisResult> CallAsync(IDatabase node, params string[] arguments) => node.ExecuteAsync("CLUSTER", [.. arguments.Cast<object>()]);

    private static async Task<bool> ListensAsync(string port)
    {
        using var connection = new TcpClient();
        try
        {
            await connection.ConnectAsync(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static (string Client, string Bus) FreePorts()
    {
        using var client = new TcpListener(IPAddress.Loopback, 0);
        using var bus = new TcpListener(IPAddress.Loopback, 0);
        client.Start();
        bus.Start();
        return (Text(((IPEndPoint)client.LocalEndpoint).Port), Text(((IPEndPoint)bus.LocalEndpoint).Port));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
