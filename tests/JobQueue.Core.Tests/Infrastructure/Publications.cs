using System.Collections.Concurrent;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>What a call publishes on the channels of a store.</summary>
internal static class Publications
{
    private const string End = "end-of-test";

    /// <returns><c>channel message</c> of each publication, names in place of ids, sorted.</returns>
    public static async Task<IReadOnlyList<string>> OfAsync(Store store, Func<Task> call)
    {
        var heard = new ConcurrentQueue<string>();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var everything = new RedisChannel(store.Root + ":*", RedisChannel.PatternMode.Pattern);
        var subscriber = store.Connection.GetSubscriber();
        await subscriber.SubscribeAsync(everything, (channel, message) =>
        {
            var name = ((string)channel)[(store.Root.Length + 1)..];
            if (name == End)
            {
                ended.TrySetResult();
            }
            else
            {
                heard.Enqueue(TestJob.Shorten($"{name} {message}"));
            }
        });

        await call();
        // Messages from one server arrive in order: when the last is heard, all were. A key takes it to the server of the others.
        await store.Database.ScriptEvaluateAsync("redis.call('PUBLISH', ARGV[1], '')", [store.Root], [store.Root + ":" + End]);
        await Eventually.EndsAsync(ended.Task);
        await subscriber.UnsubscribeAsync(everything);
        return [.. heard.Order(StringComparer.Ordinal)];
    }
}
