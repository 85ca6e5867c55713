using JobQueue.Handlers;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>The loops that keep the store in order. One process of a fleet runs each at a time, in turns.</summary>
internal sealed class Maintenance : IDisposable
{
    private readonly Promoter _promoter;
    private readonly MaintenanceLoop[] _loops;
    private readonly HandlerRegistrar _registrar;

    public Maintenance(
        Turns turns, RedisShard shard, HandlerDirectory directory, Undertaker undertaker, JobQueueOptions options, TimeProvider time, ILogger logger)
    {
        _promoter = new Promoter(turns, shard, time, logger);
        _loops = [_promoter, new Recoverer(turns, shard, undertaker, options, time, logger), new Housekeeper(turns, shard, options, time, logger)];
        _registrar = new HandlerRegistrar(directory, time, logger);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _promoter.SubscribeAsync(cancellationToken).ConfigureAwait(false);
        foreach (var loop in _loops)
        {
            loop.Start();
        }

        _registrar.Start();
    }

    public async Task StopAsync()
    {
        await _registrar.StopAsync().ConfigureAwait(false);
        foreach (var loop in _loops)
        {
            await loop.StopAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _registrar.Dispose();
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }
}
