using System.ComponentModel;
using System.Net;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Embedded;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(TestServer))]

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// The one server that all tests of the assembly share, each under key prefixes of its own. Which one it is says the
/// environment variable <c>JOBQUEUE_TEST_SERVER</c>: <c>redis</c>, <c>valkey</c>, <c>garnet</c>, <c>cluster</c> (six nodes of redis-server) or a
/// StackExchange.Redis connection string; unset is what JobQueue.Embedded finds by itself. Where no server can be had, the first use of
/// <see cref="Connection"/> or <see cref="ConnectionString"/> skips the test with the reason.
/// </summary>
public sealed class TestServer : IAsyncLifetime
{
    public const string Variable = "JOBQUEUE_TEST_SERVER";

    /// <summary>Nobody breaks this cluster: on a machine that stands still for some seconds its nodes must not take each other for gone, which costs writes and moves masters.</summary>
    private static readonly string[] NoFailOver = ["cluster-replica-no-failover yes", "cluster-node-timeout 60000"];

    private EmbeddedRedis? _started;
    private RedisCluster? _cluster;
    private string? _connectionString;
    private ConnectionMultiplexer? _connection;
    private string _reason = "the server was not started";

    public string ConnectionString => _connectionString ?? throw Skip();

    /// <summary>A connection for seeding and looking; code under test may share it.</summary>
    public IConnectionMultiplexer Connection => _connection ?? throw Skip();

    /// <summary>Whether the server is Garnet started here.</summary>
    public bool IsGarnet => _started?.Server == EmbeddedServerKind.Garnet;

    /// <summary>Where the keys of a store are: the server, or the master of its slot, which the client has learned. No call: tests at once would wait for it on all threads that could read its answer.</summary>
    public EndPoint EndPointOf(RedisKey root)
    {
        var first = Connection.GetEndPoints()[0];
        return _cluster is null ? first : Connection.GetServer(first).ClusterConfiguration.GetBySlot(root).EndPoint;
    }

    /// <summary>The server of a store, for commands that carry no key.</summary>
    public IServer ServerOf(RedisKey root) => Connection.GetServer(EndPointOf(root));

    /// <summary>
    /// The connection string of this server with another address, of what stands before it. Skips the test on a cluster, whose nodes the client asks for
    /// each other's addresses: it would go around.
    /// </summary>
    public string At(EndPoint endPoint)
    {
        Assert.SkipWhen(_cluster is not null, "What stands before a node of a cluster is gone around: the client learns the nodes' own addresses.");
        return string.Join(',', ConnectionString.Split(',').Where(static part => part.Contains('=', StringComparison.Ordinal)).Prepend(endPoint.ToString()!));
    }

    /// <summary>A key prefix that no other test has.</summary>
    public static string NewPrefix() => "t" + Guid.NewGuid().ToString("N")[..10];

    public async ValueTask InitializeAsync()
    {
        try
        {
            var connectionString = await FindAsync(Environment.GetEnvironmentVariable(Variable));
            _connection = await ConnectAsync(ConfigurationOptions.Parse(connectionString + ",syncTimeout=30000,allowAdmin=true"));
            _connectionString = connectionString;
        }
        catch (Exception e) when (e is EmbeddedRedisException or RedisConnectionException or Win32Exception)
        {
            _reason = e.Message;
        }
    }

    /// <summary>A connection of the caller's own, for tests that change or break it. The caller disposes it.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync(Action<ConfigurationOptions>? configure = null)
    {
        var configuration = ConfigurationOptions.Parse(ConnectionString);
        configure?.Invoke(configuration);
        return await ConnectAsync(configuration);
    }

    /// <summary>
    /// Connects on the thread pool. The client reads replies on the scheduler that it was connected on, and the runner's has as many threads as it runs tests
    /// at once: when each of them waits in a synchronous call, nobody would read the replies.
    /// </summary>
    public static Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration) => Task.Run(() => ConnectionMultiplexer.ConnectAsync(configuration));

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.CloseAsync();
            _connection.Dispose();
        }

        if (_started is not null)
        {
            await _started.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    private async Task<string> FindAsync(string? wish)
    {
        if (!string.IsNullOrWhiteSpace(wish))
        {
            if (string.Equals(wish, "cluster", StringComparison.OrdinalIgnoreCase))
            {
                _cluster = await RedisCluster.StartAsync(NoFailOver);
                return _cluster.ConnectionString;
            }

            if (!Enum.TryParse(wish, ignoreCase: true, out EmbeddedServerKind kind))
            {
                return wish;
            }

            // For this process: tests that start a server of their own get the same kind.
            Environment.SetEnvironmentVariable("JOBQUEUE_EMBEDDED", kind.ToString().ToLowerInvariant());
        }

        _started = await EmbeddedRedis.StartAsync();
        return _started.ConnectionString;
    }

    private InvalidOperationException Skip()
    {
        Assert.Skip($"No server to test with (see {Variable}): {_reason}");
        return new InvalidOperationException(_reason);
    }
}
