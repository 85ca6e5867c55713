namespace JobQueue.Redis;

/// <summary>One step of a recovery pass.</summary>
/// <param name="Status"><see cref="ScriptStatus.Applied"/> or <see cref="ScriptStatus.Grace"/>.</param>
/// <param name="Cursor">Where the scan goes on; "0" when the pass is done.</param>
/// <param name="LostWorkers">Workers declared lost by this step.</param>
/// <param name="HandedBack">Jobs that wait again.</param>
/// <param name="Cancelled">Jobs that stay leased because they were asked to stop.</param>
internal readonly record struct RecoverReply(ScriptStatus Status, string Cursor, string[] LostWorkers, int HandedBack, string[] Cancelled);

/// <summary>Runs recover.lua.</summary>
internal static class RecoverScript
{
    public static async Task<RecoverReply> RunAsync(
        RedisShard shard, TimeSpan lease, TimeSpan gap, string cursor, int count, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.Recover, [(long)lease.TotalMilliseconds, (long)gap.TotalMilliseconds, cursor, count], cancellationToken)
            .ConfigureAwait(false));
        return new RecoverReply(Reply.Status(reply[0]), Reply.Text(reply[2]), Reply.Texts(reply[3]), (int)reply[4], Reply.Texts(reply[5]));
    }
}
