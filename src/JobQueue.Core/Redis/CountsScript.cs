namespace JobQueue.Redis;

/// <summary>Jobs by place, live workers, and the running totals by name.</summary>
internal sealed record CountsReply(
    long Pending, long Scheduled, long Retrying, long Running, long Dead, long LiveWorkers, IReadOnlyDictionary<string, long> Totals);

/// <summary>Runs counts.lua.</summary>
internal static class CountsScript
{
    public static async Task<CountsReply> RunAsync(RedisShard shard, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Counts, [], cancellationToken).ConfigureAwait(false));
        var fields = Reply.Items(reply[7]);
        var totals = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            totals[Reply.Text(fields[i])] = Reply.Int(fields[i + 1]);
        }

        return new CountsReply(
            Reply.Int(reply[1]), Reply.Int(reply[2]), Reply.Int(reply[3]), Reply.Int(reply[4]), Reply.Int(reply[5]), Reply.Int(reply[6]), totals);
    }
}
