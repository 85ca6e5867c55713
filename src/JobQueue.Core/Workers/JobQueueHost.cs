using JobQueue.Diagnostics;
using JobQueue.Enqueueing;
using JobQueue.Handlers;
using JobQueue.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace JobQueue.Workers;

/// <summary>
/// Ties the queue to the host's life: connects before anything starts, runs the workers while the host runs, and takes
/// enqueues until everything else has stopped, because handlers enqueue too while they finish.
/// </summary>
internal sealed class JobQueueHost(
    RedisConnection connection, HandlerRegistry handlers, WorkerPools pools, EnqueuePipeline enqueues, Enqueuer enqueuer, IOptions<JobQueueOptions> options,
    IOptions<HostOptions> hostOptions)
    : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.RunWorkers && options.Value.ShutdownTimeout >= hostOptions.Value.ShutdownTimeout)
        {
            throw Errors.ShutdownTimeoutTooLong(options.Value.ShutdownTimeout, hostOptions.Value.ShutdownTimeout);
        }

        enqueues.MakeMiddlewares();
        _ = handlers; // Building the registry is what finds a handler that was registered twice.
        await connection.GetShardAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => options.Value.RunWorkers ? pools.StartAsync(cancellationToken) : Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => pools.StopAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => enqueuer.CloseAsync();
}
