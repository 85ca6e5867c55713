using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>A worker with the deadline of its heartbeat, or the time when it was declared lost.</summary>
internal readonly record struct WorkerEntry(string Id, long Time);

/// <summary>Runs workers.lua.</summary>
internal static class WorkersScript
{
    public static async Task<(long Now, WorkerEntry[] Workers, WorkerEntry[] Lost)> RunAsync(
        RedisShard shard, int limit, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Workers, [limit], cancellationToken).ConfigureAwait(false));
        return (Reply.Int(reply[0]), ReadEntries(reply[1]), ReadEntries(reply[2]));
    }

    private static WorkerEntry[] ReadEntries(RedisResult item)
    {
        var items = Reply.Items(item);
        var entries = new WorkerEntry[items.Length / 2];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = new WorkerEntry(Reply.Text(items[2 * i]), Reply.OptionalTime(items[(2 * i) + 1]) ?? 0);
        }

        return entries;
    }
}

/// <summary>Runs worker_snapshots.lua.</summary>
internal static class WorkerSnapshotsScript
{
    /// <returns>The snapshots in the order of the ids; an empty one where there is none.</returns>
    public static async Task<byte[][]> RunAsync(RedisShard shard, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[ids.Count];
        for (var i = 0; i < ids.Count; i++)
        {
            arguments[i] = ids[i];
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.WorkerSnapshots, arguments, cancellationToken).ConfigureAwait(false));
        return Reply.ManyBytes(reply[0]);
    }
}
