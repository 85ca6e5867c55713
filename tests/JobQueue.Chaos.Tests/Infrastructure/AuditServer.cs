using JobQueue.Chaos.Tests.Infrastructure;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(AuditServer))]

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>The server that keeps the audits of all scenarios. Nobody breaks it. It starts when the first scenario wants it.</summary>
public sealed class AuditServer : IAsyncLifetime
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private ChaosServer? _server;

    internal string ConnectionString => Started.ConnectionString;

    internal IDatabase Database => Started.Database;

    private ChaosServer Started => _server ?? throw new InvalidOperationException("A scenario starts it.");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Skips the test where there is no server.</summary>
    internal async Task EnsureAsync()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _server ??= await ChaosServer.StartToolAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _starting.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
