using JobQueue.Diagnostics;
using JobQueue.Handlers;
using JobQueue.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace JobQueue.Workers;

/// <summary>
/// Everything that runs jobs in this process: its pools, and the loops that the processes of a fleet take turns at.
/// </summary>
internal sealed class WorkerPools(
    RedisConnection connection,
    Turns turns,
    HandlerRegistry handlers,
    HandlerPipeline pipeline,
    IServiceScopeFactory scopes,
    JobQueueMetrics metrics,
    IOptions<JobQueueOptions> options,
    TimeProvider time,
    ILogger<WorkerPools> logger) : IDisposable
{
    private volatile WorkerPool[] _pools = [];
    private HandlerDirectory? _directory;
    private Maintenance? _maintenance;
    private QueueDepths? _depths;
    private int _stopped;

    /// <summary>The host's own pool first; empty before the start.</summary>
    public IReadOnlyList<WorkerPool> All => _pools;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        pipeline.Start();
        var shard = await connection.GetShardAsync(cancellationToken).ConfigureAwait(false);
        var heartbeatShard = await connection.OpenHeartbeatShardAsync(cancellationToken).ConfigureAwait(false);
        if (connection.IsShared)
        {
            Log.HeartbeatSharesConnection(logger);
        }

        _directory = new HandlerDirectory(handlers, shard, options.Value, time);
        var undertaker = new Undertaker(shard, metrics, options.Value, logger);
        var suspects = new SuspectParts(new SuspectGate(time), new SuspectTurn(shard, time));
        var parts = new PoolParts(
            shard, heartbeatShard, handlers, pipeline, _directory, scopes, new QueueLimits(FindLimits()), suspects, undertaker, metrics, options.Value, time, logger);
        _maintenance = new Maintenance(turns, shard, _directory, undertaker, options.Value, time, logger);
        _pools = [.. PoolSettings.From(options.Value).Select(settings => new WorkerPool(parts, settings))];

        _depths = new QueueDepths(shard, metrics, time, logger);

        try
        {
            await StartLoopsAsync(_maintenance, _directory, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The host stops nothing that has not started, so what did start would go on.
            await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
            throw;
        }
    }

    private Dictionary<string, int> FindLimits()
    {
        var limits = new Dictionary<string, int>(options.Value.QueueConcurrency, StringComparer.Ordinal);
        foreach (var (queue, limit) in handlers.QueueLimits)
        {
            if (!limits.TryAdd(queue, limit))
            {
                throw Errors.LimitSetTwice(queue);
            }
        }

        return limits;
    }

    private async Task StartLoopsAsync(Maintenance maintenance, HandlerDirectory directory, CancellationToken cancellationToken)
    {
        // First, so that other workers know the handlers of this one before its first job is met elsewhere.
        await directory.RegisterAsync(cancellationToken).ConfigureAwait(false);
        await maintenance.StartAsync(cancellationToken).ConfigureAwait(false);
        foreach (var pool in _pools)
        {
            await pool.StartAsync(cancellationToken).ConfigureAwait(false);
        }

        metrics.Running = FindRunning;
        _depths?.Start();
    }

    private IEnumerable<(string Queue, string Job)> FindRunning()
    {
        foreach (var pool in _pools)
        {
            foreach (var slot in pool.Slots.Working)
            {
                if (slot.Current?.Attempt is { Context: var job })
                {
                    yield return (job.Queue, job.Name);
                }
            }
        }
    }

    /// <summary>Stops all pools side by side, then the loops.</summary>
    /// <param name="cancellationToken">Fires when the host can wait no longer; running jobs are then handed back at once.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_maintenance is null || Interlocked.Exchange(ref _stopped, 1) == 1)
        {
            return;
        }

        await (_depths?.StopAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        await Task.WhenAll(_pools.Select(pool => pool.StopAsync(cancellationToken))).ConfigureAwait(false);
        await _maintenance.StopAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        Array.ForEach(_pools, static pool => pool.Dispose());
        _maintenance?.Dispose();
        _depths?.Dispose();
        _directory?.Dispose();
    }
}
