using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// A connection that is replaced when it has fallen silent, and another one answers: a call was not answered for as long as a call may take, and nothing
/// else was meanwhile. One whose other end has vanished (a machine that is gone, a firewall that has forgotten it) the client would keep for as long as
/// the system tries to send, about a quarter of an hour. One that has ended it makes again by itself, but not always: version 1.2.6 was seen to say for
/// ever that it has none. Safe to use from any thread.
/// </summary>
internal sealed class RedisLink
{
    private volatile Ends _ends;
    private long _breaks;
    private int _replacing;
    private Action? _subscriptionsRestored;
    private Action? _replaced;
    private Action? _tried;

    public RedisLink(IConnectionMultiplexer connection) => _ends = Follow(connection);

    /// <summary>Makes another connection; null when the host owns the connection, so that none takes its place.</summary>
    public Func<Task<IConnectionMultiplexer>>? Open { get; init; }

    /// <summary>Closes a connection that is not used any more.</summary>
    public Func<IConnectionMultiplexer, Task> Close { get; init; } = static _ => Task.CompletedTask;

    public IDatabase Database => _ends.Database;

    public ISubscriber Subscriber => _ends.Subscriber;

    /// <summary>Whether the server is a node of a cluster.</summary>
    public bool IsCluster
    {
        get
        {
            var connection = _ends.Connection;
            return Array.Exists(connection.GetEndPoints(), endPoint => connection.GetServer(endPoint).ServerType == ServerType.Cluster);
        }
    }

    /// <summary>How often the connection has broken or was replaced, or the client has learned that servers have other roles.</summary>
    public long Breaks => Interlocked.Read(ref _breaks);

    /// <summary>Calls back when the part of the connection that hears messages was lost, and the client has it back.</summary>
    public void OnSubscriptionsRestored(Action restored) => _subscriptionsRestored += restored;

    /// <summary>Calls back when another connection has taken the place; it hears no channel yet.</summary>
    public void OnReplaced(Action replaced) => _replaced += replaced;

    /// <summary>Calls back when a replacement was made or has failed: the new connection, or the next try, has the whole time again.</summary>
    public void OnReplacementTried(Action tried) => _tried += tried;

    public void CountBreak() => Interlocked.Increment(ref _breaks);

    /// <summary>A shard has been silent for too long: takes another connection if that is better, unless the host owns this one or one is being made.</summary>
    /// <param name="isBetter">Whether the connection given to it answers the shard, and this one still does not. May throw what a call throws.</param>
    public void Replace(Func<IDatabase, Task<bool>> isBetter)
    {
        if (Open is not null && Interlocked.Exchange(ref _replacing, 1) == 0)
        {
            _ = ReplaceAsync(Open, isBetter);
        }
    }

    private async Task ReplaceAsync(Func<Task<IConnectionMultiplexer>> open, Func<IDatabase, Task<bool>> isBetter)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var made = await open().ConfigureAwait(false);
            var unused = made;
            try
            {
                if (await isBetter(made.GetDatabase()).ConfigureAwait(false))
                {
                    unused = _ends.Connection;
                    _ends = Follow(made);
                    CountBreak();
                    _replaced?.Invoke();
                }
            }
            finally
            {
                await Close(unused).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is RedisException or TimeoutException or JobQueueException or ObjectDisposedException)
        {
            // The server does not answer over a new one either: it hangs, or is gone. The calls say so themselves.
        }
        finally
        {
            _tried?.Invoke();
            Volatile.Write(ref _replacing, 0);
        }
    }

    private Ends Follow(IConnectionMultiplexer connection)
    {
        connection.ConnectionFailed += (_, _) => CountBreak();

        // Another server may be the master now, while no connection has ended: in a cluster that was split the old one goes on answering, and says who it is.
        connection.HashSlotMoved += (_, _) => CountBreak();
        connection.ConfigurationChanged += (_, _) => CountBreak();
        connection.ConnectionRestored += (_, restored) =>
        {
            if (restored.ConnectionType == ConnectionType.Subscription)
            {
                _subscriptionsRestored?.Invoke();
            }
        };
        return new Ends(connection, connection.GetDatabase(), connection.GetSubscriber());
    }

    private sealed record Ends(IConnectionMultiplexer Connection, IDatabase Database, ISubscriber Subscriber);
}
