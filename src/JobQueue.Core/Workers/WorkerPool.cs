using JobQueue.Diagnostics;
using JobQueue.Handlers;
using JobQueue.Retries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>What all pools of a process share.</summary>
/// <param name="Handlers">The handlers of this process.</param>
/// <param name="Pipeline">What runs around them.</param>
/// <param name="Directory">The handlers of the fleet.</param>
/// <param name="Scopes">Makes a scope an attempt.</param>
/// <param name="Limits">The limits of queues.</param>
/// <param name="Suspects">Who may run a suspect.</param>
/// <param name="Metrics">The host's metrics.</param>
/// <param name="Options">The host's options.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record PoolParts(
    HandlerRegistry Handlers,
    HandlerPipeline Pipeline,
    HandlerDirectory Directory,
    IServiceScopeFactory Scopes,
    QueueLimits Limits,
    SuspectParts Suspects,
    JobQueueMetrics Metrics,
    JobQueueOptions Options,
    TimeProvider Time,
    ILogger Logger);

/// <summary>Starts and stops what a pool has once, its slots and their leases, and its part on each shard.</summary>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>How long handlers have to end once their tokens have fired at shutdown, and then the last reports to be stored.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly PoolParts _parts;
    private readonly PoolCore _core;
    private readonly ExecutorParts _executorParts;
    private volatile ShardWorker[] _shards = [];

    public WorkerPool(PoolParts parts, PoolSettings pool)
    {
        _parts = parts;
        var (options, time, logger) = (parts.Options, parts.Time, parts.Logger);
        var retries = new RetryPolicy(options);
        var report = new AttemptReport(options, retries, time, logger);
        var cancels = new CancelRequests(time);
        var slots = new ExecutorSlots(options, pool, time, logger);
        var totals = new AttemptTotals();
        var stock = new LeaseStock(parts.Limits, cancels);
        var room = new FetchRoom(stock);
        _core = new PoolCore(
            pool,
            WorkerIdentity.NewId(Fleet.NameOf(options, pool)),
            slots,
            stock,
            room,
            new WorkerSnapshot(pool, options.LeaseDuration, slots, totals),
            cancels,
            new DurationWindow());
        _executorParts = new ExecutorParts(
            stock.Queue,
            parts.Handlers,
            new AttemptRunner(parts.Scopes, parts.Pipeline, options, retries, _core.Durations, totals, report, new AttemptObserver(logger), time),
            report,
            new UnknownHandlers(parts.Directory, report, options, time, logger),
            cancels,
            stock.End,
            slots.OnStopRequested,
            time,
            logger);

        StallLimit = Watchdog.StallLimitOf(options);
        stock.Freed = room.OnFreed;
        cancels.StopRunning = id => slots.Stop(lease => lease.IdText == id, StopReason.Cancelled);
    }

    public string Name => _core.Settings.Name;

    /// <summary>The worker's id in Redis, on the first shard.</summary>
    public string WorkerId => _shards[0].Fleet.Current.Id;

    /// <summary>How many messages have come by the wake-up channel of the first shard.</summary>
    internal long Heard => _shards[0].Fleet.Heard;

    /// <summary>Its parts on the shards; the first shard's is the first.</summary>
    internal IReadOnlyList<ShardWorker> Shards => _shards;

    internal Fetcher Fetcher => _shards[0].Fetcher;

    internal Watchdog FirstWatchdog => _shards[0].Watchdog;

    internal Settler Settler => _shards[0].Settler;

    internal LeaseStock Stock => _core.Stock;

    internal ExecutorSlots Slots => _core.Slots;

    /// <summary>How long ago the last of its fetch loops had an answer, or no room.</summary>
    public TimeSpan SinceLastAnswer => _shards.Select(static shard => shard.Fetcher.SinceLastAnswer).DefaultIfEmpty().Max();

    /// <summary>How long that may take at the most when nothing is wrong.</summary>
    public TimeSpan StallLimit { get; }

    /// <summary>Why this pool does not do all of its work; null when it does.</summary>
    public string? FindProblem()
    {
        if (Array.Find(_shards, static shard => shard.Watchdog.IsStalled) is { } stalled)
        {
            return $"The fetch loop of pool '{Name}' has not turned for {stalled.Fetcher.SinceLastTurn}{(stalled.Number == 0 ? "" : $" on shard {stalled.Number}")}.";
        }

        return Slots is { Missing: > 0 and var missing }
            ? $"Pool '{Name}' has lost {missing} of its slots to handlers that do not stop when their tokens fire."
            : null;
    }

    /// <summary>Starts the slots.</summary>
    public void Start()
    {
        Slots.Start(_executorParts);
        var settings = _core.Settings;
        Log.WorkerStarted(_parts.Logger, _core.FirstId, settings.Concurrency, settings.Queues.Length == 0 ? "all" : string.Join(", ", settings.Queues));
    }

    /// <summary>Takes jobs of a shard too, unless it does. Not safe to call twice at once.</summary>
    public async Task AddAsync(ShardParts shard, CancellationToken cancellationToken)
    {
        if (Array.Exists(_shards, known => known.Number == shard.Shard.Keys.Shard))
        {
            return;
        }

        var worker = new ShardWorker(_parts, _core, shard);
        try
        {
            await worker.JoinAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            worker.Dispose();
            throw;
        }

        _shards = [.. _shards, worker];
        worker.Start();
    }

    /// <summary>
    /// Stops fetching, lets running jobs finish for <see cref="JobQueueOptions.ShutdownTimeout"/>, then fires their tokens
    /// and hands everything unfinished back without using an attempt.
    /// </summary>
    /// <param name="cancellationToken">Fires when the host can wait no longer; running jobs are then handed back at once.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await OnAllAsync(static shard => shard.Watchdog.StopAsync()).ConfigureAwait(false);
        var finished = Slots.StopStarting();
        await OnAllAsync(shard => shard.Fetcher.StopAsync(cancellationToken)).ConfigureAwait(false);
        Stock.HandBackAll();
        Stock.Queue.Complete();
        await DrainAsync(finished, cancellationToken).ConfigureAwait(false);

        // While Redis is away the buffer may be full, and what gives handlers up waits for room in it: the settler's end lets it go.
        var givingUp = Slots.AbandonAllAsync();
        await givingUp.WaitAsync(StopGrace, _parts.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using (var storing = new CancellationTokenSource(StopGrace, _parts.Time))
        {
            await OnAllAsync(shard => shard.StopReportingAsync(storing.Token)).ConfigureAwait(false);
        }

        await givingUp.ConfigureAwait(false);
        await OnAllAsync(static shard => shard.LeaveAsync()).ConfigureAwait(false);
        Log.WorkerStopped(_parts.Logger, _core.FirstId, Slots.CountHandedBack() + Stock.HandedBack);
    }

    private Task OnAllAsync(Func<ShardWorker, Task> stop) => Task.WhenAll(Array.ConvertAll(_shards, shard => stop(shard)));

    private async Task DrainAsync(Task finished, CancellationToken cancellationToken)
    {
        var (options, time) = (_parts.Options, _parts.Time);
        var running = 0;
        Slots.Stop(_ => ++running < 0, StopReason.Shutdown); // Counts them, and stops none.
        if (running > 0)
        {
            Log.Stopping(_parts.Logger, running, options.ShutdownTimeout);
        }

        if (options.ShutdownTimeout > TimeSpan.Zero)
        {
            await finished.WaitAsync(options.ShutdownTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Slots.Stop(static _ => true, StopReason.Shutdown);
        await finished.WaitAsync(StopGrace, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        Array.ForEach(_shards, static shard => shard.Dispose());
        Slots.Dispose();
    }
}
