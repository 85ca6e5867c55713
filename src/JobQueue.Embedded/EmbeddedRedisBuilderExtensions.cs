using JobQueue.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;

namespace JobQueue;

/// <summary>Runs the job queue on a local server.</summary>
public static class EmbeddedRedisBuilderExtensions
{
    /// <summary>
    /// Starts a local server when the job queue first connects, and ends it when the host's services are disposed. For
    /// development, samples and tests. No other connection may be configured.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the server's options.</param>
    /// <returns>The builder.</returns>
    public static JobQueueBuilder UseEmbeddedRedis(this JobQueueBuilder builder, Action<EmbeddedRedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new EmbeddedRedisOptions();
        configure?.Invoke(options);
        builder.Services.TryAddSingleton(_ => new EmbeddedRedisHost(options));
        builder.Services.AddOptions<JobQueueOptions>().Configure<EmbeddedRedisHost>(
            static (jobQueue, host) => jobQueue.ConnectionFactory = host.ConnectAsync);
        return builder;
    }

    /// <summary>The one server of a host. Safe to use from any thread.</summary>
    private sealed class EmbeddedRedisHost(EmbeddedRedisOptions options) : IAsyncDisposable, IDisposable
    {
        private readonly Lock _gate = new();
        private Task<EmbeddedRedis>? _server;

        public async Task<IConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
        {
            var server = await StartOnce().WaitAsync(cancellationToken).ConfigureAwait(false);
            return await ConnectionMultiplexer.ConnectAsync(server.ConnectionString).ConfigureAwait(false);
        }

        private Task<EmbeddedRedis> StartOnce()
        {
            lock (_gate)
            {
                if (_server is null || _server.IsFaulted || _server.IsCanceled)
                {
                    _server = Task.Run(() => EmbeddedRedis.StartAsync(options));
                }

                return _server;
            }
        }

        public async ValueTask DisposeAsync()
        {
            Task<EmbeddedRedis>? server;
            lock (_gate)
            {
                server = _server;
                _server = null;
            }

            if (server is not null)
            {
                await ((Task)server).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (server.IsCompletedSuccessfully)
                {
                    await (await server.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
                }
            }
        }

        /// <summary>For hosts that dispose their services synchronously.</summary>
        public void Dispose() => Task.Run(async () => await DisposeAsync().ConfigureAwait(false)).GetAwaiter().GetResult();
    }
}
