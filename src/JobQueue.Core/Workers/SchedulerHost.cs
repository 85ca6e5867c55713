using JobQueue.Diagnostics;
using JobQueue.Redis;
using JobQueue.Scheduling;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>Everything that makes recurring jobs fire in this process: they live on the first shard.</summary>
internal sealed class SchedulerHost(
    RedisConnection connection,
    TurnsByShard turns,
    RedisCalls calls,
    RecurringOwner owner,
    RecurringJobFactory factory,
    JobQueueMetrics metrics,
    TimeProvider time,
    ILogger<SchedulerHost> logger) : IDisposable
{
    private RecurringRegistrar? _registrar;
    private RecurringLoop? _loop;
    private int _stopped;

    /// <summary>How long ago the loop that fires recurring jobs last turned; null where this process has none.</summary>
    public TimeSpan? SinceLastStep => _loop?.SinceLastStep;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var shard = await connection.GetFirstAsync(cancellationToken).ConfigureAwait(false);
        _registrar = new RecurringRegistrar(owner, factory, calls, time, logger);
        await _registrar.DeclareAsync(cancellationToken).ConfigureAwait(false);
        _loop = new RecurringLoop(turns.On(shard), shard, owner, factory, new RecurringKeeper(time, logger), metrics, time, logger);
        await _loop.SubscribeAsync(cancellationToken).ConfigureAwait(false);
        _loop.Start();
        _registrar.Start();
    }

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1)
        {
            return;
        }

        await (_loop?.StopAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        await (_registrar?.StopAsync() ?? Task.CompletedTask).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _loop?.Dispose();
        _registrar?.Dispose();
    }
}
