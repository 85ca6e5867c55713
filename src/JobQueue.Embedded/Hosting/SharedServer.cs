using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace JobQueue.Embedded.Hosting;

/// <summary>The one server of a host: started by whoever needs it first, ended with the host's services. Thread-safe.</summary>
internal sealed class SharedServer(EmbeddedRedisOptions options, ILoggerFactory? loggers = null) : IAsyncDisposable, IDisposable
{
    private readonly ILogger _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<EmbeddedRedis>();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _disposing = new();
    private EmbeddedRedis? _server;
    private int _disposed;

    public async Task<EmbeddedRedis> GetAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        await _gate.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            if (_server is null)
            {
                _server = await EmbeddedRedis.StartAsync(options, either.Token).ConfigureAwait(false);
                Log.Started(_logger, _server, _server.KeepsData ? options.DataDirectory! : "memory");
            }

            return _server;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<IConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        var server = await GetAsync(cancellationToken).ConfigureAwait(false);
        return await ConnectionMultiplexer.ConnectAsync(server.ConnectionString).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // A start that is under way ends what it started; the gate then says that it has.
        await _disposing.CancelAsync().ConfigureAwait(false);
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
            Log.Stopped(_logger, _server);
        }

        _gate.Release();
        _disposing.Dispose();
    }

    // A host may dispose its services synchronously; the server must not outlive that.
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();
}
