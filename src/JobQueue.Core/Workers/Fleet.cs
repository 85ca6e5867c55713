using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// This pool's membership in the fleet: joins under a new identity, hears wake-ups, and tells the pool when it was
/// declared lost. <see cref="OnLost"/> is safe from any thread; the rest belongs to the pool's start, its fetch loop and its stop, in turn.
/// </summary>
/// <param name="shard">The shard that it is a member of.</param>
/// <param name="firstId">What the pool begins as; on every shard the same, so that people see one worker.</param>
/// <param name="options">The host's options.</param>
/// <param name="pool">The pool.</param>
/// <param name="snapshot">What it tells of itself.</param>
/// <param name="cancels">Takes requests to stop jobs.</param>
/// <param name="logger">The log.</param>
internal sealed class Fleet(
    RedisShard shard, string firstId, JobQueueOptions options, PoolSettings pool, WorkerSnapshot snapshot, CancelRequests cancels, ILogger logger)
{
    private const string Ping = "ping";

    /// <summary>How long a worker's snapshot outlives its last beat, so that a lost worker is still shown.</summary>
    public static readonly TimeSpan KeepSnapshot = TimeSpan.FromHours(1);

    private volatile WorkerIdentity _current = new(firstId, shard.Keys.Shard);
    private WorkerIdentity? _next;
    private long _heard;

    public WorkerIdentity Current => _current;

    /// <summary>How many messages have come by the wake-up channel, pings of the watchdog included.</summary>
    public long Heard => Interlocked.Read(ref _heard);

    /// <summary>Called on a wake-up.</summary>
    public Action Wake { get; set; } = static () => { };

    /// <summary>Called once for each identity that is lost.</summary>
    public Action<WorkerIdentity> Lost { get; set; } = static _ => { };

    /// <summary>What the ids of a pool begin with.</summary>
    public static string NameOf(JobQueueOptions options, PoolSettings pool)
        => pool.Name == PoolSettings.DefaultName ? options.WorkerName : $"{options.WorkerName}-{pool.Name}";

    /// <summary>Joins, with a new identity when the present one is lost.</summary>
    public async Task<WorkerIdentity> JoinAsync(CancellationToken cancellationToken)
    {
        var previous = Current;

        // Kept when a try fails, so that an outage does not leave a subscription behind with each.
        var worker = _next ??= previous.IsLost ? new WorkerIdentity(WorkerIdentity.NewId(NameOf(options, pool)), shard.Keys.Shard) : previous;
        await shard.SubscribeAsync(shard.Keys.WakeChannel(worker.Id), OnMessage, cancellationToken).ConfigureAwait(false);
        worker.LastBeat = await JoinScript.RunAsync(
            shard, worker.Id, options.LeaseDuration, KeepSnapshot, snapshot.Write(worker), cancellationToken).ConfigureAwait(false);
        (_current, _next) = (worker, null);
        if (previous != worker)
        {
            await ForgetAsync(previous, cancellationToken).ConfigureAwait(false);
        }

        return worker;
    }

    /// <summary>Redis has said that the worker is not live. Its jobs are others' now.</summary>
    public void OnLost(WorkerIdentity worker)
    {
        if (worker.IsLost)
        {
            return;
        }

        worker.DeclareLost();
        Log.WorkerLost(logger, worker.Id);
        Lost(worker);
        Wake();
    }

    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        var worker = Current;
        await LeaveScript.RunAsync(shard, worker.Id, pool.Queues, cancellationToken).ConfigureAwait(false);
        await shard.UnsubscribeAsync(shard.Keys.WakeChannel(worker.Id), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Hears requests to stop jobs of this worker, whatever its identity is by then, and which queues are paused.</summary>
    public async Task SubscribeAsync(Action<string> paused, CancellationToken cancellationToken)
    {
        await shard.SubscribeAsync(shard.Keys.CancelChannel, OnCancel, cancellationToken).ConfigureAwait(false);
        await shard.SubscribeAsync(shard.Keys.PauseChannel, paused, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the server send its messages again, in case it has forgotten the subscription.</summary>
    public Task ResubscribeAsync(CancellationToken cancellationToken) => shard.ResubscribeAsync(cancellationToken);

    /// <summary>Takes another connection, when one answers: subscribing again has not helped.</summary>
    public void Reconnect() => shard.Replace();

    /// <summary>Sends this worker a message over the server, which counts in <see cref="Heard"/> when the subscription works.</summary>
    public Task PingAsync(CancellationToken cancellationToken) => shard.PublishAsync(shard.Keys.WakeChannel(Current.Id), Ping, cancellationToken);

    private async Task ForgetAsync(WorkerIdentity worker, CancellationToken cancellationToken)
    {
        try
        {
            await shard.UnsubscribeAsync(shard.Keys.WakeChannel(worker.Id), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (RedisErrors.IsPassing(e) || RedisErrors.IsRefused(e))
        {
            // Nobody publishes there any more.
        }
    }

    private void OnMessage(string message)
    {
        Interlocked.Increment(ref _heard);
        if (message != Ping)
        {
            Wake();
        }
    }

    private void OnCancel(string text)
    {
        var bar = text.LastIndexOf('|');
        if (bar > 0 && text.AsSpan(0, bar).SequenceEqual(Current.Id))
        {
            cancels.Add(text[(bar + 1)..]);
        }
    }
}
