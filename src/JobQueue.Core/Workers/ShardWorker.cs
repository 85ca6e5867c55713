using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>What all pools of a process share on one shard.</summary>
/// <param name="Shard">The job traffic.</param>
/// <param name="HeartbeatShard">The same over the connection of the heartbeats.</param>
/// <param name="Undertaker">Ends jobs that nobody runs.</param>
/// <param name="Completed">How many jobs they have completed there.</param>
internal sealed record ShardParts(RedisShard Shard, RedisShard HeartbeatShard, Undertaker Undertaker, CompletedCount Completed);

/// <summary>What a pool has once, whatever the number of shards.</summary>
/// <param name="Settings">What it serves.</param>
/// <param name="FirstId">What it begins as on each shard.</param>
/// <param name="Slots">Who runs the jobs.</param>
/// <param name="Stock">Its leases.</param>
/// <param name="Room">How many more it may have.</param>
/// <param name="Snapshot">What it tells of itself.</param>
/// <param name="Cancels">Who was asked to stop.</param>
/// <param name="Durations">How long jobs take.</param>
internal sealed record PoolCore(
    PoolSettings Settings,
    string FirstId,
    ExecutorSlots Slots,
    LeaseStock Stock,
    FetchRoom Room,
    WorkerSnapshot Snapshot,
    CancelRequests Cancels,
    DurationWindow Durations);

/// <summary>
/// A pool's part on one shard: its membership there, the loop that fetches from it, what reports to it, and the heartbeat. Those of several shards share nothing
/// but the pool's slots and room, so that a server that is away holds up its own shards only.
/// </summary>
internal sealed class ShardWorker : IDisposable
{
    private readonly PoolParts _parts;
    private readonly Heartbeat _heartbeat;

    public ShardWorker(PoolParts parts, PoolCore pool, ShardParts shard)
    {
        _parts = parts;
        var (options, time, logger) = (parts.Options, parts.Time, parts.Logger);
        Number = shard.Shard.Keys.Shard;
        Fleet = new Fleet(shard.Shard, pool.FirstId, options, pool.Settings, pool.Snapshot, pool.Cancels, logger);
        var open = new OpenLeases { SuspectClosed = pool.Stock.OnSuspectClosed };
        Settler = new Settler(shard.Shard, open, options.SettleBufferSize, shard.Completed, parts.Metrics, time, logger);
        var home = new LeaseHome(open, Settler, new AttemptStores(shard.Shard, options, time, logger));
        Fetcher = new Fetcher(
            new FetcherParts(
                shard.Shard, Fleet, pool.Settings, pool.Slots, parts.Limits, pool.Stock, pool.Room, home, shard.Undertaker, pool.Durations, parts.Suspects),
            options,
            time,
            logger);
        _heartbeat = new Heartbeat(shard.HeartbeatShard, Fleet, pool.Snapshot, pool.Cancels, options, time, logger);
        Watchdog = new Watchdog(Fetcher, Fleet, options, time, logger);

        Fleet.Wake = Fetcher.Wake;
        Fleet.Lost = worker => pool.Slots.Stop(lease => lease.Worker == worker, StopReason.LeaseLost);
        _heartbeat.Uncertain = () => OnUncertain(pool);
    }

    /// <summary>The number of the shard.</summary>
    public byte Number { get; }

    public Fleet Fleet { get; }

    public Fetcher Fetcher { get; }

    public Settler Settler { get; }

    public Watchdog Watchdog { get; }

    /// <summary>Joins the shard's fleet, which leases are given out to.</summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        await Fleet.SubscribeAsync(Fetcher.OnPaused, cancellationToken).ConfigureAwait(false);
        await Fleet.JoinAsync(cancellationToken).ConfigureAwait(false);
        _heartbeat.Start();
        Settler.Start();
    }

    /// <summary>Begins to fetch.</summary>
    public void Start()
    {
        Fetcher.Start();
        Watchdog.Start();
    }

    /// <summary>The last reports have gone, or the token has fired.</summary>
    public Task StopReportingAsync(CancellationToken cancellationToken) => Settler.StopAsync(cancellationToken);

    public async Task LeaveAsync()
    {
        await _heartbeat.StopAsync().ConfigureAwait(false);
        try
        {
            await Fleet.LeaveAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (RedisErrors.IsPassing(e) || RedisErrors.IsRefused(e))
        {
            // Redis is away: the lease ends by itself and the recoverer of another process does the rest.
            Log.RedisAway(_parts.Logger, "leave", e);
        }
    }

    private void OnUncertain(PoolCore pool)
    {
        if (_parts.Options.OnLeaseUncertain == LeaseUncertainty.Cancel)
        {
            pool.Stock.HandBackAll(); // What has not started does not start now.
            pool.Slots.Stop(lease => lease.Worker.Shard == Number, StopReason.LeaseUncertain);
        }
    }

    public void Dispose()
    {
        Watchdog.Dispose();
        Fetcher.Dispose();
        Settler.Dispose();
        _heartbeat.Dispose();
    }
}
