namespace JobQueue.Redis;

/// <summary>Jobs by place, live workers, what retention holds, and the running totals by name.</summary>
internal sealed record CountsReply(
    long Pending,
    long Scheduled,
    long Retrying,
    long Running,
    long Dead,
    long LiveWorkers,
    long Completed,
    long Cancelled,
    IReadOnlyDictionary<string, long> Totals);

/// <summary>Runs counts.lua.</summary>
internal static class CountsScript
{
    public static async Task<CountsReply> RunAsync(RedisShard shard, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Counts, [], cancellationToken).ConfigureAwait(false));
        return new CountsReply(
            Reply.Int(reply[1]),
            Reply.Int(reply[2]),
            Reply.Int(reply[3]),
            Reply.Int(reply[4]),
            Reply.Int(reply[5]),
            Reply.Int(reply[6]),
            Reply.Int(reply[8]),
            Reply.Int(reply[9]),
            Reply.Numbers(reply[7]));
    }
}
