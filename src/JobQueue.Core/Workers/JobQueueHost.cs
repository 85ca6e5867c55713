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
    RedisConnection connection, HandlerRegistry handlers, WorkerPools pools, SchedulerHost scheduler, EnqueuePipeline enqueues, Enqueuer enqueuer, IOptions<JobQueueOptions> options,
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
        await connection.GetShardsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The workers first: their handlers are known when recurring jobs are declared.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.RunWorkers)
        {
            await pools.StartAsync(cancellationToken).ConfigureAwait(false);
        }

        if (options.Value.RunScheduler ?? options.Value.RunWorkers)
        {
            await StartSchedulerAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await scheduler.StopAsync().ConfigureAwait(false);
        await pools.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => enqueuer.CloseAsync();

    private async Task StartSchedulerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await scheduler.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The host stops nothing that has not started, so what did start would go on.
            await scheduler.StopAsync().ConfigureAwait(false);
            await pools.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
            throw;
        }
    }
}
