using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>Looks whether the store has more shards than this process works on, and brings those in.</summary>
/// <param name="shards">The store's.</param>
/// <param name="add">Works on a shard, unless this process does; may be called again after it has failed.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class ShardWatch(RedisShards shards, Func<RedisShard, CancellationToken, Task> add, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly OutageLog _outage = new(logger, "look for shards", time);
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>When it returns, no shard is being added.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(RedisShards.RefreshInterval, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_stop.IsCancellationRequested)
            {
                await LookAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task LookAsync()
    {
        try
        {
            await shards.RefreshAsync().WaitAsync(_stop.Token).ConfigureAwait(false);
            foreach (var shard in shards.Known)
            {
                await add(shard, _stop.Token).ConfigureAwait(false);
            }

            _outage.Succeeded();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The process stops.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _outage.Failed(e); // The next look tries again.
        }
    }
}
