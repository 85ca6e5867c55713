using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>One dead job of a page; its record is empty when it is gone.</summary>
internal readonly record struct DeadEntry(string Id, long DiedAt, byte[] Record);

/// <summary>Which dead letters a page is of.</summary>
/// <param name="Limit">Most entries, 1 to 500.</param>
/// <param name="Fingerprint">The group; null for all.</param>
/// <param name="OldestFirst">Else those that died last come first.</param>
/// <param name="Until">Leaves out what died later; null leaves out nothing.</param>
/// <param name="After">The last entry of the page before; null for the first page.</param>
internal readonly record struct DeadQuery(
    int Limit, string? Fingerprint = null, bool OldestFirst = false, long? Until = null, DeadPosition? After = null);

/// <summary>A place in the order of dead letters.</summary>
internal readonly record struct DeadPosition(long DiedAt, string Id);

/// <param name="Now">The server's time.</param>
/// <param name="Total">How many there are in all, or in the group.</param>
/// <param name="Next">Where the next page begins; null after the last.</param>
/// <param name="Entries">The jobs.</param>
internal readonly record struct DeadPage(long Now, long Total, DeadPosition? Next, DeadEntry[] Entries);

/// <summary>Runs list_dead.lua.</summary>
internal static class ListDeadScript
{
    /// <summary>Most entries of a page.</summary>
    public const int MaxLimit = 500;

    /// <summary>A page ends before the record that goes beyond; so a script call and its answer stay short.</summary>
    public const int MaxBytes = 1024 * 1024;

    public static async Task<DeadPage> RunAsync(RedisShard shard, DeadQuery query, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(
                RedisScripts.ListDead,
                [
                    query.Limit, MaxBytes, query.Fingerprint ?? "", query.OldestFirst ? "oldest" : "newest",
                    Time(query.Until), Time(query.After?.DiedAt), query.After?.Id ?? "",
                ],
                cancellationToken)
            .ConfigureAwait(false));
        DeadPosition? next = Reply.OptionalTime(reply[2]) is { } diedAt ? new DeadPosition(diedAt, Reply.Text(reply[3])) : null;
        var ids = Reply.Texts(reply[4]);
        var times = Reply.Items(reply[5]);
        var records = Reply.Items(reply[6]);
        var entries = new DeadEntry[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            entries[i] = new DeadEntry(ids[i], Reply.OptionalTime(times[i]) ?? 0, Reply.Bytes(records[i]));
        }

        return new DeadPage(Reply.Int(reply[0]), Reply.Int(reply[1]), next, entries);
    }

    private static RedisValue Time(long? ms) => ms?.ToString(CultureInfo.InvariantCulture) ?? "";
}

/// <summary>A dead job that is to wait again.</summary>
/// <param name="Id">The job.</param>
/// <param name="Previous">The record's bytes as they were read.</param>
/// <param name="Line">The list it is to wait in.</param>
/// <param name="Record">The record of its new round.</param>
internal readonly record struct RequeueItem(string Id, byte[] Previous, string Line, byte[] Record);

/// <summary>Runs requeue.lua.</summary>
internal static class RequeueScript
{
    private const int Width = 4;

    /// <summary>At most 500 jobs, and 1 MiB of records unless it is one job.</summary>
    public static async Task<ScriptStatus[]> RunAsync(RedisShard shard, IReadOnlyList<RequeueItem> items, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[items.Count * Width];
        for (int i = 0, at = 0; i < items.Count; i++, at += Width)
        {
            arguments[at] = items[i].Id;
            arguments[at + 1] = RecordHash.Of(items[i].Previous);
            arguments[at + 2] = items[i].Line;
            arguments[at + 3] = items[i].Record;
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Requeue, arguments, cancellationToken).ConfigureAwait(false));
        return Reply.Statuses(reply[1]);
    }
}
