using System.Security.Cryptography;

namespace JobQueue.Redis;

/// <summary>One dead job of a page; its record is empty when it is gone.</summary>
internal readonly record struct DeadEntry(string Id, long DiedAt, byte[] Record);

/// <summary>Runs list_dead.lua.</summary>
internal static class ListDeadScript
{
    public static async Task<(long Total, DeadEntry[] Entries)> RunAsync(
        RedisShard shard, int limit, long? afterDiedAt, string? afterId, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.ListDead, [limit, afterDiedAt?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "", afterId ?? ""], cancellationToken)
            .ConfigureAwait(false));
        var ids = Reply.Texts(reply[1]);
        var times = Reply.Items(reply[2]);
        var records = Reply.Items(reply[3]);
        var entries = new DeadEntry[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            entries[i] = new DeadEntry(ids[i], Reply.OptionalTime(times[i]) ?? 0, Reply.Bytes(records[i]));
        }

        return (Reply.Int(reply[0]), entries);
    }
}

/// <summary>Runs requeue.lua.</summary>
internal static class RequeueScript
{
    /// <param name="shard">The shard of the job.</param>
    /// <param name="id">The job.</param>
    /// <param name="previous">The record's bytes as they were read.</param>
    /// <param name="line">The list it is to wait in.</param>
    /// <param name="record">The record of its new round.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    public static async Task<ScriptStatus> RunAsync(
        RedisShard shard, JobId id, byte[] previous, string line, byte[] record, CancellationToken cancellationToken)
    {
#pragma warning disable CA5350 // A fingerprint of bytes that Redis can make too; nothing is protected by it.
        var sha1 = Convert.ToHexStringLower(SHA1.HashData(previous));
#pragma warning restore CA5350
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.Requeue, [id.ToString(), sha1, line, record], cancellationToken)
            .ConfigureAwait(false));
        return Reply.Status(reply[0]);
    }
}
