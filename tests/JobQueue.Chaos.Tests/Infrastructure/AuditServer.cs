using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.Embedded;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(AuditServer))]

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>The server that keeps the audits of all scenarios. Nobody breaks it. Where there is none, its first use skips the test.</summary>
public sealed class AuditServer : IAsyncLifetime
{
    private EmbeddedRedis? _server;
    private ConnectionMultiplexer? _connection;
    private string _reason = "the server was not started";

    public string ConnectionString => _server?.ConnectionString ?? throw Skip();

    public IDatabase Database => _connection?.GetDatabase() ?? throw Skip();

    public async ValueTask InitializeAsync()
    {
        try
        {
            _server = await EmbeddedRedis.StartAsync();
            _connection = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString + ",syncTimeout=30000");
        }
        catch (EmbeddedRedisException e)
        {
            _reason = e.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.CloseAsync();
            _connection.Dispose();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private InvalidOperationException Skip()
    {
        Assert.Skip("No server to keep the audit: " + _reason);
        return new InvalidOperationException(_reason);
    }
}
