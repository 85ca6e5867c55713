using System.Collections.Concurrent;
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
    TurnsByShard turns,
    HandlerRegistry handlers,
    HandlerPipeline pipeline,
    IServiceScopeFactory scopes,
    JobQueueMetrics metrics,
    IOptions<JobQueueOptions> options,
    TimeProvider time,
    ILogger<WorkerPools> logger) : IDisposable
{
    private readonly ConcurrentDictionary<byte, Maintenance> _maintenance = [];
    private volatile WorkerPool[] _pools = [];
    private RedisShards? _shards;
    private Func<byte, RedisShard>? _heartbeats;
    private HandlerDirectory? _directory;
    private HandlerRegistrar? _registrar;
    private ShardWatch? _watch;
    private QueueDepths? _depths;
    private int _stopped;

    /// <summary>The host's own pool first; empty before the start.</summary>
    public IReadOnlyList<WorkerPool> All => _pools;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        pipeline.Start();
        var shards = _shards = await connection.GetShardsAsync(cancellationToken).ConfigureAwait(false);
        _heartbeats = await connection.OpenForHeartbeatAsync(cancellationToken).ConfigureAwait(false);
        if (connection.IsShared)
        {
            Log.HeartbeatSharesConnection(logger);
        }

        _directory = new HandlerDirectory(handlers, shards.First, options.Value, time);
        _registrar = new HandlerRegistrar(_directory, time, logger);
        var suspects = new SuspectParts(new SuspectGate(time), new SuspectTurn(shards.First, time));
        var parts = new PoolParts(handlers, pipeline, _directory, scopes, new QueueLimits(FindLimits()), suspects, metrics, options.Value, time, logger);
        _watch = new ShardWatch(shards, AddAsync, time, logger);
        _depths = new QueueDepths(shards, metrics, time, logger);
        WorkerPool[] pools = [.. PoolSettings.From(options.Value).Select(settings => new WorkerPool(parts, settings))];

        try
        {
            await StartLoopsAsync(shards, pools, _directory, _registrar, cancellationToken).ConfigureAwait(false);
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

    private async Task StartLoopsAsync(
        RedisShards shards, WorkerPool[] pools, HandlerDirectory directory, HandlerRegistrar registrar, CancellationToken cancellationToken)
    {
        // First, so that other workers know the handlers of this one before its first job is met elsewhere.
        await directory.RegisterAsync(cancellationToken).ConfigureAwait(false);
        registrar.Start();
        Array.ForEach(pools, static pool => pool.Start());
        _pools = pools;
        foreach (var shard in shards.Known)
        {
            await AddAsync(shard, cancellationToken).ConfigureAwait(false);
        }

        _watch?.Start();
        metrics.Running = FindRunning;
        _depths?.Start();
    }

    /// <summary>Works on a shard, unless it does.</summary>
    private async Task AddAsync(RedisShard shard, CancellationToken cancellationToken)
    {
        var number = shard.Keys.Shard;
        if (_maintenance.ContainsKey(number))
        {
            return;
        }

        var parts = new ShardParts(shard, _heartbeats!(number), new Undertaker(shard, metrics, options.Value, logger), new CompletedCount());
        var maintenance = new Maintenance(turns.On(shard), parts, () => _shards!.Known.Length, options.Value, time, logger);
        foreach (var pool in _pools)
        {
            await pool.AddAsync(parts, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await maintenance.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            maintenance.Dispose();
            throw;
        }

        _maintenance[number] = maintenance;
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
        if (_watch is null || _registrar is null || Interlocked.Exchange(ref _stopped, 1) == 1)
        {
            return;
        }

        await _watch.StopAsync().ConfigureAwait(false);
        await (_depths?.StopAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        await Task.WhenAll(_pools.Select(pool => pool.StopAsync(cancellationToken))).ConfigureAwait(false);
        await _registrar.StopAsync().ConfigureAwait(false);
        await Task.WhenAll(_maintenance.Values.Select(static maintenance => maintenance.StopAsync())).ConfigureAwait(false);
    }

    public void Dispose()
    {
        Array.ForEach(_pools, static pool => pool.Dispose());
        foreach (var maintenance in _maintenance.Values)
        {
            maintenance.Dispose();
        }

        _watch?.Dispose();
        _depths?.Dispose();
        _registrar?.Dispose();
        _directory?.Dispose();
    }
}
