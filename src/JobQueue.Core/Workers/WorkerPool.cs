using JobQueue.Diagnostics;
using JobQueue.Handlers;
using JobQueue.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace JobQueue.Workers;

/// <summary>Starts, watches and stops the loops of this process's worker. Each loop is a file of its own beside this one.</summary>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>How long handlers have to end once their tokens have fired at shutdown, and then the last reports to be stored.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly RedisConnection _connection;
    private readonly JobQueueOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkerPool> _logger;
    private readonly AttemptRunner _runner;
    private readonly DurationWindow _durations = new();
    private readonly WorkerSnapshot _snapshot;
    private readonly List<Executor> _executors = [];
    private Fleet? _fleet;
    private Fetcher? _fetcher;
    private Settler? _settler;
    private Heartbeat? _heartbeat;
    private Promoter? _promoter;
    private Recoverer? _recoverer;
    private Housekeeper? _housekeeper;
    private int _stopped;

    public WorkerPool(
        RedisConnection connection,
        HandlerRegistry handlers,
        IServiceScopeFactory scopes,
        IOptions<JobQueueOptions> options,
        TimeProvider time,
        ILogger<WorkerPool> logger)
    {
        _connection = connection;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _snapshot = new WorkerSnapshot(_options, time);
        _runner = new AttemptRunner(handlers, scopes, _options, _durations, time, logger);
    }

    /// <summary>The worker's id in Redis; null before the start.</summary>
    public string? WorkerId => _fleet?.Current.Id;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var shard = await _connection.GetShardAsync(cancellationToken).ConfigureAwait(false);
        var heartbeatShard = await _connection.OpenHeartbeatShardAsync(cancellationToken).ConfigureAwait(false);
        if (_connection.IsShared)
        {
            Log.HeartbeatSharesConnection(_logger);
        }

        _fleet = new Fleet(shard, _options, _snapshot, _logger);
        _settler = new Settler(shard, _time, _logger);
        _fetcher = new Fetcher(shard, _fleet, _options, _durations, _time, _logger);
        _fleet.Wake = _fetcher.Wake;
        _fleet.Lost = OnLost;
        for (var i = 0; i < _options.Concurrency; i++)
        {
            _executors.Add(new Executor(_fetcher.Leases, _runner, _settler, _fetcher.LeaseEnded, _logger));
        }

        _snapshot.Executors = _executors;
        _heartbeat = new Heartbeat(heartbeatShard, _fleet, _snapshot, _options, _logger);
        _promoter = new Promoter(shard, _time, _logger);
        _recoverer = new Recoverer(shard, _options, _time, _logger);
        _housekeeper = new Housekeeper(shard, _options, _time, _logger);

        await _fleet.JoinAsync(cancellationToken).ConfigureAwait(false);
        await _promoter.SubscribeAsync(cancellationToken).ConfigureAwait(false);
        _heartbeat.Start();
        _settler.Start();
        _executors.ForEach(static executor => executor.Start());
        _promoter.Start();
        _recoverer.Start();
        _housekeeper.Start();
        _fetcher.Start();
        Log.WorkerStarted(_logger, _fleet.Current.Id, _options.Concurrency, _options.Queues.Count == 0 ? "all" : string.Join(", ", _options.Queues));
    }

    /// <summary>
    /// Stops fetching, lets running jobs finish for <see cref="JobQueueOptions.ShutdownTimeout"/>, then fires their tokens
    /// and hands everything unfinished back without using an attempt.
    /// </summary>
    /// <param name="cancellationToken">Fires when the host can wait no longer; running jobs are then handed back at once.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_fetcher is null || _settler is null || _fleet is null || Interlocked.Exchange(ref _stopped, 1) == 1)
        {
            return;
        }

        var finished = Task.WhenAll(_executors.Select(static executor => executor.Completion));
        _executors.ForEach(static executor => executor.StopStarting());
        await _fetcher.StopAsync().ConfigureAwait(false);
        await DrainAsync(finished, cancellationToken).ConfigureAwait(false);

        using (var storing = new CancellationTokenSource(StopGrace, _time))
        {
            await _settler.StopAsync(storing.Token).ConfigureAwait(false);
        }

        await _promoter!.StopAsync().ConfigureAwait(false);
        await _recoverer!.StopAsync().ConfigureAwait(false);
        await _housekeeper!.StopAsync().ConfigureAwait(false);
        await _heartbeat!.StopAsync().ConfigureAwait(false);
        await LeaveAsync(_fleet).ConfigureAwait(false);
        Log.WorkerStopped(_logger, _fleet.Current.Id, _executors.Sum(static executor => executor.HandedBack));
    }

    private async Task DrainAsync(Task finished, CancellationToken cancellationToken)
    {
        var running = _executors.Count(static executor => executor.Current is not null);
        if (running > 0)
        {
            Log.Stopping(_logger, running, _options.ShutdownTimeout);
        }

        if (_options.ShutdownTimeout > TimeSpan.Zero)
        {
            await finished.WaitAsync(_options.ShutdownTimeout, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var executor in _executors)
        {
            executor.Current?.Stop(StopReason.Shutdown);
        }

        await finished.WaitAsync(StopGrace, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var executor in _executors)
        {
            await executor.AbandonAsync().ConfigureAwait(false);
        }
    }

    private async Task LeaveAsync(Fleet fleet)
    {
        try
        {
            await fleet.LeaveAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (RedisErrors.IsPassing(e) || RedisErrors.IsRefused(e))
        {
            // Redis is away: the lease ends by itself and the recoverer of another process does the rest.
            Log.RedisAway(_logger, "leave", e);
        }
    }

    private void OnLost(WorkerIdentity worker)
    {
        foreach (var executor in _executors)
        {
            if (executor.Current is { } lease && lease.Worker == worker)
            {
                lease.Stop(StopReason.LeaseLost);
            }
        }
    }

    public void Dispose()
    {
        _fetcher?.Dispose();
        _settler?.Dispose();
        _heartbeat?.Dispose();
        _promoter?.Dispose();
        _recoverer?.Dispose();
        _housekeeper?.Dispose();
    }
}
