using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>Runs join.lua.</summary>
internal static class JoinScript
{
    /// <returns>The server's time, in ms.</returns>
    public static async Task<long> RunAsync(
        RedisShard shard, string workerId, TimeSpan lease, TimeSpan keep, string snapshot, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.Join, [workerId, (long)lease.TotalMilliseconds, (long)keep.TotalMilliseconds, snapshot], cancellationToken)
            .ConfigureAwait(false));
        return Reply.Int(reply[0]);
    }
}

/// <summary>What a beat answers.</summary>
/// <param name="Status"><see cref="ScriptStatus.Applied"/> or <see cref="ScriptStatus.Lost"/>.</param>
/// <param name="Now">The server's time, in ms.</param>
/// <param name="Cancelling">Jobs of this worker that were asked to stop.</param>
internal readonly record struct BeatReply(ScriptStatus Status, long Now, string[] Cancelling);

/// <summary>Runs beat.lua, on the calling thread.</summary>
internal static class BeatScript
{
    public static BeatReply Run(RedisShard shard, string workerId, TimeSpan lease, TimeSpan keep, string snapshot)
    {
        var reply = Reply.Items(shard.Evaluate(
            RedisScripts.Beat, [workerId, (long)lease.TotalMilliseconds, (long)keep.TotalMilliseconds, snapshot]));
        return new BeatReply(Reply.Status(reply[0]), Reply.Int(reply[1]), Reply.Texts(reply[2]));
    }
}

/// <summary>Runs leave.lua.</summary>
internal static class LeaveScript
{
    public static Task RunAsync(RedisShard shard, string workerId, string[] queues, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[1 + queues.Length];
        arguments[0] = workerId;
        for (var i = 0; i < queues.Length; i++)
        {
            arguments[1 + i] = queues[i];
        }

        return shard.EvaluateAsync(RedisScripts.Leave, arguments, cancellationToken);
    }
}
