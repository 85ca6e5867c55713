using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>The answer of a fetch: leased ids and their records, side by side.</summary>
internal readonly record struct FetchReply(ScriptStatus Status, long Now, string[] Ids, byte[][] Records);

/// <summary>Runs fetch.lua.</summary>
internal static class FetchScript
{
    private const int HeadLength = 6;

    public static async Task<FetchReply> RunAsync(
        RedisShard shard,
        string workerId,
        long fetchNumber,
        int limit,
        TimeSpan idle,
        string priorities,
        long rotation,
        string[] queues,
        CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[HeadLength + queues.Length];
        arguments[0] = workerId;
        arguments[1] = fetchNumber;
        arguments[2] = limit;
        arguments[3] = (long)idle.TotalMilliseconds;
        arguments[4] = priorities;
        arguments[5] = rotation;
        for (var i = 0; i < queues.Length; i++)
        {
            arguments[HeadLength + i] = queues[i];
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Fetch, arguments, cancellationToken).ConfigureAwait(false));
        return new FetchReply(Reply.Status(reply[0]), Reply.Int(reply[1]), Reply.Texts(reply[2]), (byte[][])reply[3]);
    }
}
