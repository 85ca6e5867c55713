using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Embedded;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(TestServer))]

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// The one server that all tests of the assembly share, each under key prefixes of its own. Which one it is says the
/// environment variable <c>JOBQUEUE_TEST_SERVER</c>: <c>redis</c>, <c>valkey</c>, <c>garnet</c> or a StackExchange.Redis
/// connection string; unset is what JobQueue.Embedded finds by itself. Where no server can be had, the first use of
/// <see cref="Connection"/> or <see cref="ConnectionString"/> skips the test with the reason.
/// </summary>
public sealed class TestServer : IAsyncLifetime
{
    public const string Variable = "JOBQUEUE_TEST_SERVER";

    private EmbeddedRedis? _started;
    private string? _connectionString;
    private ConnectionMultiplexer? _connection;
    private string _reason = "the server was not started";

    public string ConnectionString => _connectionString ?? throw Skip();

    /// <summary>A connection for seeding and looking; code under test may share it.</summary>
    public IConnectionMultiplexer Connection => _connection ?? throw Skip();

    /// <summary>Whether the server is Garnet started here.</summary>
    public bool IsGarnet => _started?.Server == EmbeddedServerKind.Garnet;

    /// <summary>A key prefix that no other test has.</summary>
    public static string NewPrefix() => "t" + Guid.NewGuid().ToString("N")[..10];

    public async ValueTask InitializeAsync()
    {
        try
        {
            var connectionString = await FindAsync(Environment.GetEnvironmentVariable(Variable));
            _connection = await ConnectionMultiplexer.ConnectAsync(connectionString + ",syncTimeout=30000,allowAdmin=true");
            _connectionString = connectionString;
        }
        catch (Exception e) when (e is EmbeddedRedisException or RedisConnectionException)
        {
            _reason = e.Message;
        }
    }

    /// <summary>A connection of the caller's own, for tests that change or break it. The caller disposes it.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync(Action<ConfigurationOptions>? configure = null)
    {
        var configuration = ConfigurationOptions.Parse(ConnectionString);
        configure?.Invoke(configuration);
        return await ConnectionMultiplexer.ConnectAsync(configuration);
    }

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
    }

    private async Task<string> FindAsync(string? wish)
    {
        if (!string.IsNullOrWhiteSpace(wish))
        {
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
