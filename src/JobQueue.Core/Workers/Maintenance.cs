using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>The loops that keep a shard in order. One process of a fleet runs each at a time, in turns.</summary>
internal sealed class Maintenance : IDisposable
{
    private readonly Promoter _promoter;
    private readonly MaintenanceLoop[] _loops;

    public Maintenance(Turns turns, ShardParts parts, Func<int> countShards, JobQueueOptions options, TimeProvider time, ILogger logger)
    {
        var shard = parts.Shard;
        _promoter = new Promoter(turns, shard, time, logger);
        _loops =
        [
            _promoter,
            new Recoverer(turns, shard, parts.Undertaker, options, time, logger),
            new Housekeeper(turns, shard, countShards, parts.Completed, options, time, logger),
        ];
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _promoter.SubscribeAsync(cancellationToken).ConfigureAwait(false);
        foreach (var loop in _loops)
        {
            loop.Start();
        }
    }

    public async Task StopAsync()
    {
        foreach (var loop in _loops)
        {
            await loop.StopAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }
}
