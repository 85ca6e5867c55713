using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// The channels that one connection listens to. The client subscribes again by itself after a reconnect, but nobody tells whether
/// the server knows of it; so each channel is subscribed once here, whatever the number of handlers, and can be
/// subscribed anew. Safe to use from any thread.
/// </summary>
internal sealed class RedisSubscriptions(ISubscriber subscriber)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RedisChannel, Action<string>[]> _handlers = [];

    /// <returns>A task that ends when the server has answered.</returns>
    public Task AddAsync(RedisChannel channel, Action<string> handler)
    {
        lock (_gate)
        {
            var isNew = !_handlers.TryGetValue(channel, out var handlers);
            _handlers[channel] = isNew ? [handler] : [.. handlers!, handler];
        }

        // Also when the channel is known: the first subscription may not have been answered yet.
        return subscriber.SubscribeAsync(channel, Dispatch);
    }

    /// <summary>Ends a channel for all its handlers.</summary>
    public Task RemoveAsync(RedisChannel channel)
    {
        lock (_gate)
        {
            _handlers.Remove(channel);
        }

        return subscriber.UnsubscribeAsync(channel);
    }

    /// <summary>Subscribes every channel again.</summary>
    public async Task RenewAsync()
    {
        RedisChannel[] channels;
        lock (_gate)
        {
            channels = [.. _handlers.Keys];
        }

        foreach (var channel in channels)
        {
            await subscriber.UnsubscribeAsync(channel).ConfigureAwait(false);
            await subscriber.SubscribeAsync(channel, Dispatch).ConfigureAwait(false);
        }
    }

    private void Dispatch(RedisChannel channel, RedisValue message)
    {
        Action<string>[]? handlers;
        lock (_gate)
        {
            _handlers.TryGetValue(channel, out handlers);
        }

        foreach (var handler in handlers ?? [])
        {
            handler((string?)message ?? "");
        }
    }
}
