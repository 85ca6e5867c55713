using JobQueue.Chaos.Tests.Infrastructure;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(AuditServer))]

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>The server that keeps the audits of all scenarios. Nobody breaks it. It starts when the first scenario wants it.</summary>
public sealed class AuditServer : IAsyncLifetime
{
    private ChaosServer? _server;

    internal string ConnectionString => Started.ConnectionString;

    internal IDatabase Database => Started.Database;

    private ChaosServer Started => _server ?? throw new InvalidOperationException("A scenario starts it.");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Skips the test where there is no server. Scenarios run one after the other.</summary>
    internal async Task EnsureAsync() => _server ??= await ChaosServer.StartToolAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
