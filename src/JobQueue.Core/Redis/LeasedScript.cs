namespace JobQueue.Redis;

/// <summary>One step of a look at what stands under a worker's name.</summary>
/// <param name="Cursor">Where the scan goes on; "0" when it is done.</param>
/// <param name="Leases">The jobs, with their tokens.</param>
internal readonly record struct LeasedReply(string Cursor, HeldLease[] Leases);

/// <summary>Runs leased.lua.</summary>
internal static class LeasedScript
{
    public static async Task<LeasedReply> RunAsync(RedisShard shard, string workerId, string cursor, int count, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.Leased, [workerId, cursor, count], cancellationToken)
            .ConfigureAwait(false));
        return new LeasedReply(Reply.Text(reply[0]), HeldLease.ReadPairs(Reply.Items(reply[1])));
    }
}
