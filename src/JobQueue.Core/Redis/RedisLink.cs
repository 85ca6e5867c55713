using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// A connection that is replaced when it has fallen silent: a call was not answered for as long as a call may take, and nothing else
/// was meanwhile. The client notices that a connection has ended. One whose other end has vanished (a machine that is gone, a
/// firewall that has forgotten it) it would keep for as long as the system tries to send, about a quarter of an hour.
/// Safe to use from any thread.
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

    /// <summary>Makes the connection that takes the place of the one given to it, which it closes; null when the host owns the connection.</summary>
    public Func<IConnectionMultiplexer, Task<IConnectionMultiplexer>>? Replacement { get; init; }

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

    /// <summary>A shard has been silent for too long: takes another connection, unless the host owns this one or one is being made.</summary>
    public void Replace()
    {
        if (Replacement is not null && Interlocked.Exchange(ref _replacing, 1) == 0)
        {
            _ = ReplaceAsync(Replacement);
        }
    }

    private async Task ReplaceAsync(Func<IConnectionMultiplexer, Task<IConnectionMultiplexer>> replacement)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            _ends = Follow(await replacement(_ends.Connection).ConfigureAwait(false));
            CountBreak();
            _replaced?.Invoke();
        }
        catch (Exception e) when (e is RedisException or TimeoutException or JobQueueException or ObjectDisposedException)
        {
            // The server does not take a new one either: it hangs, or is gone. The calls say so themselves.
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
