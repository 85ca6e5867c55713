using JobQueue.Embedded;
using JobQueue.Tests.Infrastructure;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(TestServer))]

namespace JobQueue.Tests.Infrastructure;

/// <summary>
/// The one server of a test run. <c>JOBQUEUE_TEST_SERVER</c> chooses it: <c>redis</c>, <c>garnet</c>, or a connection
/// string; unset means whatever JobQueue.Embedded finds. Tests skip, with the reason, when there is none.
/// </summary>
public sealed class TestServer : IAsyncLifetime
{
    public const string Variable = "JOBQUEUE_TEST_SERVER";

    private EmbeddedRedis? _embedded;
    private IConnectionMultiplexer? _connection;
    private string? _connectionString;
    private string? _whyNot;

    /// <summary>Whether the server is Garnet, which runs here without access control lists.</summary>
    public bool IsGarnet => _embedded?.Server == EmbeddedServerKind.Garnet;

    public string ConnectionString
    {
        get
        {
            Assert.SkipWhen(_whyNot is not null, _whyNot ?? "");
            return _connectionString!;
        }
    }

    /// <summary>A connection that tests share to look at keys and to run scripts.</summary>
    public IConnectionMultiplexer Connection
    {
        get
        {
            _ = ConnectionString;
            return _connection!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        var wanted = Environment.GetEnvironmentVariable(Variable);
        if (wanted is null or "" or "redis" or "garnet")
        {
            try
            {
                _embedded = await EmbeddedRedis.StartAsync(new EmbeddedRedisOptions
                {
                    Server = wanted switch { "redis" => EmbeddedServerKind.Redis, "garnet" => EmbeddedServerKind.Garnet, _ => null },
                });
                _connectionString = _embedded.ConnectionString;
            }
            catch (EmbeddedRedisException e) when (string.IsNullOrEmpty(wanted))
            {
                _whyNot = "No server for this test: " + e.Message;
                return;
            }
        }
        else
        {
            _connectionString = wanted;
        }

        _connection = await ConnectionMultiplexer.ConnectAsync(_connectionString);
    }

    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        if (_embedded is not null)
        {
            await _embedded.DisposeAsync();
        }
    }
}
