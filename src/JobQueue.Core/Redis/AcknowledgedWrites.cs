using System.Net;
using JobQueue.Diagnostics;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// Runs calls that are answered only when replicas have what they wrote. They share one <see cref="AcknowledgedLine"/> to the store's
/// master, because WAIT stops everything behind it on its connection. A line that has failed is dropped, and the next call asks
/// anew which server the master is. Safe to use from any thread.
/// </summary>
internal sealed class AcknowledgedWrites(
    int replicas,
    TimeSpan callTimeout,
    TimeProvider time,
    Func<RedisShard, EndPoint?, Task<AcknowledgedLine>> open,
    Func<IConnectionMultiplexer, Task> close)
{
    /// <summary>The share of a call's time that the wait may end at, so that its answer arrives before the call is given up.</summary>
    private const double WaitShare = 0.8;

    private readonly Lock _gate = new();
    private Task<AcknowledgedLine>? _line;

    /// <summary>The server that the last one has named as its successor: the client may believe for a minute that it is that one still.</summary>
    private EndPoint? _next;

    /// <summary>How many must acknowledge.</summary>
    public int Replicas => replicas;

    /// <summary>Proves that the server can wait for replicas.</summary>
    /// <returns>How many replicas there are, and how many must acknowledge.</returns>
    public async Task<(int Found, int Wanted)> CheckAsync(RedisShard shard)
    {
        var line = await GetLine(shard).ConfigureAwait(false);
        return (await line.WaitAsync(0, TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false), replicas);
    }

    /// <summary>Runs a call over the line and waits for the replicas.</summary>
    /// <exception cref="TooFewReplicasException">The call was carried out, and it is not known that enough replicas have it.</exception>
    public async Task<T> RunAsync<TState, T>(
        RedisShard shard, Func<RedisShard, TState, CancellationToken, Task<T>> call, TState state, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var line = await GetLine(shard).WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var result = await call(line.Shard, state, cancellationToken).ConfigureAwait(false);
            var limit = callTimeout * WaitShare - time.GetElapsedTime(began);
            var found = await line.WaitAsync(replicas, limit, cancellationToken).ConfigureAwait(false);
            return found >= replicas ? result : throw new TooFewReplicasException(found, replicas, time.GetElapsedTime(began));
        }
        catch (Exception e) when (!RedisErrors.IsRefused(e))
        {
            // The master may be another by now, or no master any more: a server that was cut off from its replicas is told so late.
            Drop(line, RedisErrors.MovedTo(e));
            throw;
        }
    }

    private Task<AcknowledgedLine> GetLine(RedisShard shard)
    {
        lock (_gate)
        {
            if (_line is null || _line.IsFaulted || _line.IsCanceled)
            {
                (_line, _next) = (OpenAsync(shard, _next), null);
            }

            return _line;
        }
    }

    private async Task<AcknowledgedLine> OpenAsync(RedisShard shard, EndPoint? server)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // Nothing below runs under the lock.
        return await open(shard, server).ConfigureAwait(false);
    }

    private void Drop(AcknowledgedLine line, EndPoint? next)
    {
        lock (_gate)
        {
            if (_line is not { IsCompletedSuccessfully: true } || _line.Result != line)
            {
                return; // Another call has dropped it.
            }

            (_line, _next) = (null, next);
        }

        _ = close(line.Connection);
    }
}
