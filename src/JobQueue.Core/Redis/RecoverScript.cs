using System.Runtime.InteropServices;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>A job that stays leased although nobody runs it, until bury.lua ends it.</summary>
/// <param name="Id">The job.</param>
/// <param name="Token">The lease it stands under.</param>
/// <param name="Crashes">How often its process has died under it; 0 when it was asked to stop.</param>
internal readonly record struct HeldLease(string Id, string Token, int Crashes);

/// <summary>How many crashes a job may cause, and for how long one counts.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CrashLimit(int MaxCrashes, TimeSpan Window);

/// <summary>One step of a recovery pass.</summary>
/// <param name="Status"><see cref="ScriptStatus.Applied"/> or <see cref="ScriptStatus.Grace"/>.</param>
/// <param name="Cursor">Where the scan goes on; "0" when the pass is done.</param>
/// <param name="LostWorkers">Workers declared lost by this step.</param>
/// <param name="HandedBack">Jobs that wait again.</param>
/// <param name="Held">Jobs that stay leased, for the caller to end.</param>
internal readonly record struct RecoverReply(ScriptStatus Status, string Cursor, string[] LostWorkers, int HandedBack, HeldLease[] Held);

/// <summary>Runs recover.lua.</summary>
internal static class RecoverScript
{
    public static async Task<RecoverReply> RunAsync(
        RedisShard shard, TimeSpan lease, TimeSpan gap, CrashLimit crashes, string cursor, int count, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(
                RedisScripts.Recover,
                [(long)lease.TotalMilliseconds, (long)gap.TotalMilliseconds, crashes.MaxCrashes, (long)crashes.Window.TotalMilliseconds, cursor, count],
                cancellationToken)
            .ConfigureAwait(false));
        return new RecoverReply(Reply.Status(reply[0]), Reply.Text(reply[2]), Reply.Texts(reply[3]), (int)reply[4], ReadHeld(Reply.Items(reply[5])));
    }

    private static HeldLease[] ReadHeld(RedisResult[] items)
    {
        var held = new HeldLease[items.Length / 3];
        for (var i = 0; i < held.Length; i++)
        {
            held[i] = new HeldLease(Reply.Text(items[i * 3]), Reply.Text(items[(i * 3) + 1]), (int)items[(i * 3) + 2]);
        }

        return held;
    }
}
