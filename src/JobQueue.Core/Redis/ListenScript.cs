namespace JobQueue.Redis;

/// <summary>Runs listen.lua, and hears what is published for listeners.</summary>
internal static class ListenScript
{
    /// <summary>Registers a listener for so long; zero takes it out.</summary>
    /// <returns>The server's time, and whether it was not registered before.</returns>
    public static async Task<(long Now, bool IsNew)> RunAsync(RedisShard shard, string listener, TimeSpan keep, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.Listen, [listener, (long)keep.TotalMilliseconds], cancellationToken)
            .ConfigureAwait(false));
        return (Reply.Int(reply[0]), Reply.Int(reply[1]) == 1);
    }

    /// <summary>Subscribes to the messages.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="heard">Gets each message.</param>
    /// <param name="restored">Called when the connection was lost and is back: messages in between were not heard.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when messages are heard.</returns>
    public static async Task SubscribeAsync(RedisShard shard, Action<string> heard, Action restored, CancellationToken cancellationToken)
    {
        await shard.SubscribeAsync(shard.Keys.EventsChannel, message => heard((string)message), cancellationToken).ConfigureAwait(false);
        shard.OnSubscriptionsRestored(restored);
    }
}
