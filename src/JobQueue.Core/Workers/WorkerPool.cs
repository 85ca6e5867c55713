using JobQueue.Diagnostics;
using JobQueue.Handlers;
using JobQueue.Redis;
using JobQueue.Retries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>What all pools of a process share.</summary>
/// <param name="Shard">The job traffic.</param>
/// <param name="HeartbeatShard">The heartbeats.</param>
/// <param name="Handlers">The handlers of this process.</param>
/// <param name="Pipeline">What runs around them.</param>
/// <param name="Directory">The handlers of the fleet.</param>
/// <param name="Scopes">Makes a scope an attempt.</param>
/// <param name="Limits">The limits of queues.</param>
/// <param name="Suspects">Who may run a suspect.</param>
/// <param name="Undertaker">Ends jobs that nobody runs.</param>
/// <param name="Metrics">The host's metrics.</param>
/// <param name="Options">The host's options.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record PoolParts(
    RedisShard Shard,
    RedisShard HeartbeatShard,
    HandlerRegistry Handlers,
    HandlerPipeline Pipeline,
    HandlerDirectory Directory,
    IServiceScopeFactory Scopes,
    QueueLimits Limits,
    SuspectParts Suspects,
    Undertaker Undertaker,
    JobQueueMetrics Metrics,
    JobQueueOptions Options,
    TimeProvider Time,
    ILogger Logger);

/// <summary>Starts, watches and stops the loops of one pool. Each loop is a file of its own beside this one.</summary>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>How long handlers have to end once their tokens have fired at shutdown, and then the last reports to be stored.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly PoolParts _parts;
    private readonly PoolSettings _pool;
    private readonly ExecutorSlots _slots;
    private readonly ExecutorParts _executorParts;
    private readonly Fleet _fleet;
    private readonly LeaseStock _stock;
    private readonly Fetcher _fetcher;
    private readonly Settler _settler;
    private readonly Heartbeat _heartbeat;
    private readonly Watchdog _watchdog;

    public WorkerPool(PoolParts parts, PoolSettings pool)
    {
        _parts = parts;
        _pool = pool;
        var (options, time, logger) = (parts.Options, parts.Time, parts.Logger);
        var retries = new RetryPolicy(options);
        var report = new AttemptReport(options, retries, time, logger);
        var durations = new DurationWindow();
        var cancels = new CancelRequests(time);
        _slots = new ExecutorSlots(options, pool, time, logger);
        var totals = new AttemptTotals();
        var snapshot = new WorkerSnapshot(pool, options.LeaseDuration, _slots, totals);
        _fleet = new Fleet(parts.Shard, options, pool, snapshot, cancels, logger);
        var open = new OpenLeases();
        _settler = new Settler(parts.Shard, open, options.SettleBufferSize, parts.Metrics, time, logger);
        _stock = new LeaseStock(parts.Limits, open, cancels, _settler);
        open.SuspectClosed = _stock.OnSuspectClosed;
        _fetcher = new Fetcher(
            new FetcherParts(parts.Shard, _fleet, pool, _slots, parts.Limits, _stock, open, parts.Undertaker, durations, parts.Suspects), options, time, logger);
        _heartbeat = new Heartbeat(parts.HeartbeatShard, _fleet, snapshot, cancels, options, time, logger);
        _watchdog = new Watchdog(_fetcher, _fleet, options, time, logger);
        _executorParts = new ExecutorParts(
            _stock.Queue,
            parts.Handlers,
            new AttemptRunner(
                parts.Scopes,
                parts.Pipeline,
                new AttemptStores(parts.Shard, options, time, logger),
                options,
                retries,
                durations,
                totals,
                report,
                new AttemptObserver(logger),
                time),
            report,
            new UnknownHandlers(parts.Directory, report, options, time, logger),
            cancels,
            _settler,
            _stock.End,
            _slots.OnStopRequested,
            time,
            logger);

        cancels.StopRunning = id => _slots.Stop(lease => lease.IdText == id, StopReason.Cancelled);
        _fleet.Wake = _fetcher.Wake;
        _fleet.Lost = worker => _slots.Stop(lease => lease.Worker == worker, StopReason.LeaseLost);
        _heartbeat.Uncertain = OnUncertain;
    }

    public string Name => _pool.Name;

    /// <summary>The worker's id in Redis.</summary>
    public string WorkerId => _fleet.Current.Id;

    /// <summary>How many messages have come by the wake-up channel.</summary>
    internal long Heard => _fleet.Heard;

    internal Fetcher Fetcher => _fetcher;

    internal Watchdog Watchdog => _watchdog;

    internal LeaseStock Stock => _stock;

    internal ExecutorSlots Slots => _slots;

    internal Settler Settler => _settler;

    /// <summary>Why this pool does not do all of its work; null when it does.</summary>
    public string? FindProblem()
    {
        if (_watchdog.IsStalled)
        {
            return $"The fetch loop of pool '{Name}' has not turned for {_fetcher.SinceLastTurn}.";
        }

        return _slots is { Missing: > 0 and var missing }
            ? $"Pool '{Name}' has lost {missing} of its slots to handlers that do not stop when their tokens fire."
            : null;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _fleet.SubscribeAsync(_fetcher.OnPaused, cancellationToken).ConfigureAwait(false);
        await _fleet.JoinAsync(cancellationToken).ConfigureAwait(false);
        _heartbeat.Start();
        _settler.Start();
        _slots.Start(_executorParts);
        _fetcher.Start();
        _watchdog.Start();
        Log.WorkerStarted(_parts.Logger, WorkerId, _pool.Concurrency, _pool.Queues.Length == 0 ? "all" : string.Join(", ", _pool.Queues));
    }

    /// <summary>
    /// Stops fetching, lets running jobs finish for <see cref="JobQueueOptions.ShutdownTimeout"/>, then fires their tokens
    /// and hands everything unfinished back without using an attempt.
    /// </summary>
    /// <param name="cancellationToken">Fires when the host can wait no longer; running jobs are then handed back at once.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _watchdog.StopAsync().ConfigureAwait(false);
        var finished = _slots.StopStarting();
        await _fetcher.StopAsync(cancellationToken).ConfigureAwait(false);
        await DrainAsync(finished, cancellationToken).ConfigureAwait(false);

        // While Redis is away the buffer may be full, and what gives handlers up waits for room in it: the settler's end lets it go.
        var givingUp = _slots.AbandonAllAsync();
        await givingUp.WaitAsync(StopGrace, _parts.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using (var storing = new CancellationTokenSource(StopGrace, _parts.Time))
        {
            await _settler.StopAsync(storing.Token).ConfigureAwait(false);
        }

        await givingUp.ConfigureAwait(false);

        await _heartbeat.StopAsync().ConfigureAwait(false);
        await LeaveAsync().ConfigureAwait(false);
        Log.WorkerStopped(_parts.Logger, WorkerId, _slots.CountHandedBack() + _stock.HandedBack);
    }

    private async Task DrainAsync(Task finished, CancellationToken cancellationToken)
    {
        var (options, time) = (_parts.Options, _parts.Time);
        var running = 0;
        _slots.Stop(_ => ++running < 0, StopReason.Shutdown); // Counts them, and stops none.
        if (running > 0)
        {
            Log.Stopping(_parts.Logger, running, options.ShutdownTimeout);
        }

        if (options.ShutdownTimeout > TimeSpan.Zero)
        {
            await finished.WaitAsync(options.ShutdownTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _slots.Stop(static _ => true, StopReason.Shutdown);
        await finished.WaitAsync(StopGrace, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LeaveAsync()
    {
        try
        {
            await _fleet.LeaveAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (RedisErrors.IsPassing(e) || RedisErrors.IsRefused(e))
        {
            // Redis is away: the lease ends by itself and the recoverer of another process does the rest.
            Log.RedisAway(_parts.Logger, "leave", e);
        }
    }

    private void OnUncertain()
    {
        if (_parts.Options.OnLeaseUncertain == LeaseUncertainty.Cancel)
        {
            _stock.HandBackAll(); // What has not started does not start now.
            _slots.Stop(static _ => true, StopReason.LeaseUncertain);
        }
    }

    public void Dispose()
    {
        _watchdog.Dispose();
        _fetcher.Dispose();
        _settler.Dispose();
        _heartbeat.Dispose();
        _slots.Dispose();
    }
}
