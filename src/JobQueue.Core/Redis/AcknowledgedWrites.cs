using System.Net;
using JobQueue.Diagnostics;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// Runs calls that are answered only when replicas have what they wrote. Those of the shards of one master share an <see cref="AcknowledgedLine"/> to
/// it, because WAIT stops everything behind it on its connection. A line that has failed is dropped, and the next call asks
/// anew which server the shard's master is. Safe to use from any thread.
/// </summary>
internal sealed class AcknowledgedWrites(
    int replicas,
    TimeSpan callTimeout,
    TimeProvider time,
    Func<EndPoint, RedisKeys, Task<AcknowledgedLine>> open,
    Func<IConnectionMultiplexer, Task> close)
{
    /// <summary>The share of a call's time that the wait may end at, so that its answer arrives before the call is given up.</summary>
    private const double WaitShare = 0.8;

    private readonly Lock _gate = new();
    private readonly Dictionary<byte, Task<AcknowledgedLine>> _lineOf = [];
    private readonly Dictionary<EndPoint, Task<AcknowledgedLine>> _lineTo = [];

    /// <summary>The servers that the last ones of shards have named as their successors: the client may believe for a minute that it is those still.</summary>
    private readonly Dictionary<byte, EndPoint> _nextOf = [];

    /// <summary>How many must acknowledge.</summary>
    public int Replicas => replicas;

    /// <summary>Proves that the server can wait for replicas.</summary>
    /// <returns>How many replicas there are, and how many must acknowledge.</returns>
    public async Task<(int Found, int Wanted)> CheckAsync(RedisShard shard)
    {
        var line = await GetLine(shard).ConfigureAwait(false);
        return (await line.WaitAsync(shard.Keys, 0, TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false), replicas);
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
            var result = await call(line.ShardOf(shard.Keys), state, cancellationToken).ConfigureAwait(false);
            var limit = callTimeout * WaitShare - time.GetElapsedTime(began);
            var found = await line.WaitAsync(shard.Keys, replicas, limit, cancellationToken).ConfigureAwait(false);
            return found >= replicas ? result : throw new TooFewReplicasException(found, replicas, time.GetElapsedTime(began));
        }
        catch (Exception e) when (!RedisErrors.IsRefused(e))
        {
            // The master may be another by now, or no master any more: a server that was cut off from its replicas is told so late.
            Drop(shard, line, RedisErrors.MovedTo(e));
            throw;
        }
    }

    private Task<AcknowledgedLine> GetLine(RedisShard shard)
    {
        lock (_gate)
        {
            if (!_lineOf.TryGetValue(shard.Keys.Shard, out var line) || line.IsFaulted || line.IsCanceled)
            {
                _nextOf.Remove(shard.Keys.Shard, out var next);
                _lineOf[shard.Keys.Shard] = line = FindAsync(shard, next);
            }

            return line;
        }
    }

    /// <summary>The line to the shard's master, which the shards of another call may use already.</summary>
    private async Task<AcknowledgedLine> FindAsync(RedisShard shard, EndPoint? named)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // Nothing below runs under the lock.
        var master = named
            ?? await shard.FindServerAsync(CancellationToken.None).ConfigureAwait(false)
            ?? throw new TimeoutException("No server answers as the master of the store.");
        Task<AcknowledgedLine>? line;
        lock (_gate)
        {
            if (!_lineTo.TryGetValue(master, out line) || line.IsFaulted || line.IsCanceled)
            {
                _lineTo[master] = line = OpenAsync(master, shard.Keys);
            }
        }

        return await line.ConfigureAwait(false);
    }

    private async Task<AcknowledgedLine> OpenAsync(EndPoint master, RedisKeys first)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return await open(master, first).ConfigureAwait(false);
    }

    private void Drop(RedisShard shard, AcknowledgedLine line, EndPoint? next)
    {
        bool isFirst;
        lock (_gate)
        {
            if (_lineOf.TryGetValue(shard.Keys.Shard, out var current) && Is(current, line))
            {
                _lineOf.Remove(shard.Keys.Shard);
                if (next is not null)
                {
                    _nextOf[shard.Keys.Shard] = next;
                }
            }

            isFirst = Remove(_lineTo, line); // Otherwise another call has dropped it.
            Remove(_lineOf, line);
        }

        if (isFirst)
        {
            _ = close(line.Connection);
        }
    }

    private static bool Remove<TKey>(Dictionary<TKey, Task<AcknowledgedLine>> lines, AcknowledgedLine line)
        where TKey : notnull
    {
        var found = false;
        foreach (var (key, task) in lines)
        {
            if (Is(task, line))
            {
                lines.Remove(key); // Allowed while a dictionary is walked.
                found = true;
            }
        }

        return found;
    }

    private static bool Is(Task<AcknowledgedLine> task, AcknowledgedLine line) => task.IsCompletedSuccessfully && task.Result == line;
}
