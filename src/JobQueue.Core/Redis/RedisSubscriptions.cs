using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// The channels that one connection listens to. The client subscribes again by itself after a reconnect, but nobody tells whether
/// the server knows of it; so each channel is subscribed once here, whatever the number of handlers, and can be
/// subscribed anew. Safe to use from any thread.
/// </summary>
internal sealed class RedisSubscriptions(RedisLink link)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RedisChannel, Channel> _channels = [];

    /// <summary>Lets a test lose messages, as a server does that has forgotten a subscription; a renewed channel is heard again.</summary>
    internal HashSet<RedisChannel> Deaf { get; } = [];

    /// <returns>A task that ends when the server has answered.</returns>
    public Task AddAsync(RedisChannel channel, Action<string> handler)
    {
        lock (_gate)
        {
            if (_channels.TryGetValue(channel, out var known) && known.Subscribed is { IsFaulted: false, IsCanceled: false })
            {
                // Not again: the client would call a handler as often as it was subscribed.
                _channels[channel] = known with { Handlers = [.. known.Handlers, handler] };
                return known.Subscribed;
            }

            var subscribed = link.Subscriber.SubscribeAsync(channel, Dispatch);
            _channels[channel] = new Channel([.. known?.Handlers ?? [], handler], subscribed);
            return subscribed;
        }
    }

    /// <summary>Ends a channel for all its handlers.</summary>
    public Task RemoveAsync(RedisChannel channel)
    {
        lock (_gate)
        {
            _channels.Remove(channel);
        }

        return UnsubscribeAsync(channel);
    }

    /// <summary>
    /// The client (seen with 1.2.6) fails with an error of its own on a connection that was closed, which one that is being replaced is: there the server has
    /// forgotten the channel, and nothing is left to end.
    /// </summary>
    private async Task UnsubscribeAsync(RedisChannel channel)
    {
        try
        {
            await link.Subscriber.UnsubscribeAsync(channel).ConfigureAwait(false);
        }
        catch (NullReferenceException)
        {
            // Nothing is subscribed any more.
        }
    }

    /// <summary>Subscribes every channel again; when one fails, the others are tried all the same.</summary>
    public Task RenewAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_channels.Keys.ToArray().Select(RenewAsync));
        }
    }

    private async Task RenewAsync(RedisChannel channel)
    {
        try
        {
            await UnsubscribeAsync(channel).ConfigureAwait(false);
        }
        finally
        {
            await link.Subscriber.SubscribeAsync(channel, Dispatch).ConfigureAwait(false);
            lock (_gate)
            {
                Deaf.Remove(channel);
            }
        }
    }

    private void Dispatch(RedisChannel channel, RedisValue message)
    {
        Channel? known;
        lock (_gate)
        {
            _channels.TryGetValue(channel, out known);
            known = Deaf.Contains(channel) ? null : known;
        }

        foreach (var handler in known?.Handlers ?? [])
        {
            handler((string?)message ?? "");
        }
    }

    private sealed record Channel(Action<string>[] Handlers, Task Subscribed);
}
