namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>A test with a store of its own on the shared server: each test method gets a fresh one.</summary>
public abstract class StoreTest(TestServer server) : IAsyncLifetime
{
    private Store? _store;

    private protected TestServer Server { get; } = server;

    private protected Store Store => _store ?? throw new InvalidOperationException("The test has not begun.");

    public virtual async ValueTask InitializeAsync() => _store = await Store.OpenAsync(Server);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }
}
