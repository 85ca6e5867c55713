using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// This pool's membership in the fleet: joins under a new identity, hears wake-ups, and tells the pool when it was
/// declared lost. <see cref="OnLost"/> is safe from any thread; the rest belongs to the pool's start, its fetch loop and its stop, in turn.
/// </summary>
internal sealed class Fleet(RedisShard shard, JobQueueOptions options, WorkerSnapshot snapshot, ILogger logger)
{
    /// <summary>How long a worker's snapshot outlives its last beat, so that a lost worker is still shown.</summary>
    public static readonly TimeSpan KeepSnapshot = TimeSpan.FromHours(1);

    private volatile WorkerIdentity _current = WorkerIdentity.Create(options.WorkerName);

    public WorkerIdentity Current => _current;

    /// <summary>Called on a wake-up.</summary>
    public Action Wake { get; set; } = static () => { };

    /// <summary>Called once for each identity that is lost.</summary>
    public Action<WorkerIdentity> Lost { get; set; } = static _ => { };

    /// <summary>Joins, with a new identity when the present one is lost.</summary>
    public async Task<WorkerIdentity> JoinAsync(CancellationToken cancellationToken)
    {
        var previous = _current;
        var worker = previous.IsLost ? WorkerIdentity.Create(options.WorkerName) : previous;
        await shard.SubscribeAsync(shard.Keys.WakeChannel(worker.Id), _ => Wake(), cancellationToken).ConfigureAwait(false);
        await JoinScript.RunAsync(shard, worker.Id, options.LeaseDuration, KeepSnapshot, snapshot.Write(worker), cancellationToken).ConfigureAwait(false);
        _current = worker;
        if (previous != worker)
        {
            await shard.UnsubscribeAsync(shard.Keys.WakeChannel(previous.Id), cancellationToken).ConfigureAwait(false);
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
        var worker = _current;
        await LeaveScript.RunAsync(shard, worker.Id, [.. options.Queues], cancellationToken).ConfigureAwait(false);
        await shard.UnsubscribeAsync(shard.Keys.WakeChannel(worker.Id), cancellationToken).ConfigureAwait(false);
    }
}
