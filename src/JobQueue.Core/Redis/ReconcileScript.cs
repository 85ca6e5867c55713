using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>One step of a reconciliation.</summary>
/// <param name="Cursor">Where the scan goes on; "0" when it is done.</param>
/// <param name="HandedBack">Jobs that wait again.</param>
/// <param name="Held">Jobs that stay leased because they were asked to stop.</param>
internal readonly record struct ReconcileReply(string Cursor, int HandedBack, HeldLease[] Held);

/// <summary>Runs reconcile.lua.</summary>
internal static class ReconcileScript
{
    public static async Task<ReconcileReply> RunAsync(
        RedisShard shard, string workerId, long answered, long fetchNumber, string cursor, int count, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.Reconcile, [workerId, answered, fetchNumber, cursor, count], cancellationToken)
            .ConfigureAwait(false));
        return new ReconcileReply(Reply.Text(reply[1]), (int)reply[2], ReadHeld(Reply.Items(reply[3])));
    }

    private static HeldLease[] ReadHeld(RedisResult[] items)
    {
        var held = new HeldLease[items.Length / 2];
        for (var i = 0; i < held.Length; i++)
        {
            held[i] = new HeldLease(Reply.Text(items[i * 2]), Reply.Text(items[(i * 2) + 1]), Crashes: 0);
        }

        return held;
    }
}
