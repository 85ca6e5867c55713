namespace JobQueue.Redis;

/// <summary>A group as it is stored.</summary>
internal readonly record struct StoredGroup(string Fingerprint, byte[] Description, long Count, long FirstAt, long LastAt);

/// <summary>Runs dead_groups.lua.</summary>
internal static class DeadGroupsScript
{
    private const int Step = 500;
    private const int Width = 5;

    /// <returns>Some groups, and where the scan goes on: <c>0</c> after the last.</returns>
    public static async Task<(string Cursor, StoredGroup[] Groups)> RunAsync(RedisShard shard, string cursor, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.DeadGroups, [cursor, Step], cancellationToken).ConfigureAwait(false));
        var items = Reply.Items(reply[1]);
        var groups = new StoredGroup[items.Length / Width];
        for (int i = 0, at = 0; i < groups.Length; i++, at += Width)
        {
            groups[i] = new StoredGroup(
                Reply.Text(items[at]),
                Reply.Bytes(items[at + 1]),
                Reply.Int(items[at + 2]),
                Reply.OptionalTime(items[at + 3]) ?? 0,
                Reply.OptionalTime(items[at + 4]) ?? 0);
        }

        return (Reply.Text(reply[0]), groups);
    }
}
