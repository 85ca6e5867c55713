using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>Runs join.lua.</summary>
internal static class JoinScript
{
    public static Task RunAsync(RedisShard shard, string workerId, TimeSpan lease, TimeSpan keep, string snapshot, CancellationToken cancellationToken)
        => shard.EvaluateAsync(
            RedisScripts.Join, [workerId, (long)lease.TotalMilliseconds, (long)keep.TotalMilliseconds, snapshot], cancellationToken);
}

/// <summary>Runs beat.lua, on the calling thread.</summary>
internal static class BeatScript
{
    public static ScriptStatus Run(RedisShard shard, string workerId, TimeSpan lease, TimeSpan keep, string snapshot)
    {
        var reply = Reply.Items(shard.Evaluate(
            RedisScripts.Beat, [workerId, (long)lease.TotalMilliseconds, (long)keep.TotalMilliseconds, snapshot]));
        return Reply.Status(reply[0]);
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

/// <summary>Runs turn.lua.</summary>
internal static class TurnScript
{
    public static async Task<bool> RunAsync(RedisShard shard, string loop, string owner, TimeSpan hold, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.Turn, [loop, owner, (long)hold.TotalMilliseconds], cancellationToken)
            .ConfigureAwait(false));
        return Reply.Int(reply[0]) == 1;
    }
}
