using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>Runs repair_job.lua.</summary>
internal static class RepairJobScript
{
    /// <returns>What was added and removed; empty when nothing is wrong any more.</returns>
    public static async Task<string[]> RunAsync(RedisShard shard, Suspect suspect, CancellationToken cancellationToken)
        => Reply.Texts(Reply.Items(await shard.EvaluateAsync(
            RedisScripts.RepairJob,
            [suspect.Id.ToString(), suspect.SeenIn, suspect.SeenAs, suspect.InTwoPlaces ? 2 : 1],
            cancellationToken).ConfigureAwait(false))[1]);
}

/// <summary>Runs repair_entry.lua.</summary>
internal static class RepairEntryScript
{
    /// <returns>Whether the entry was there.</returns>
    public static async Task<bool> RunAsync(RedisShard shard, string name, string text, CancellationToken cancellationToken)
        => Reply.Int(Reply.Items(await shard.EvaluateAsync(RedisScripts.RepairEntry, [name, EntryText.Write(text)], cancellationToken).ConfigureAwait(false))[1]) > 0;
}

/// <summary>Runs repair_index.lua.</summary>
internal static class RepairIndexScript
{
    /// <returns>Names of the keys that were written.</returns>
    public static async Task<string[]> RunAsync(RedisShard shard, string? line, CancellationToken cancellationToken)
    {
        RedisValue[] arguments = line is null ? [] : [line];
        return Reply.Texts(Reply.Items(await shard.EvaluateAsync(RedisScripts.RepairIndex, arguments, cancellationToken).ConfigureAwait(false))[1]);
    }
}

/// <summary>Runs repair_group.lua.</summary>
internal static class RepairGroupScript
{
    /// <param name="shard">The shard.</param>
    /// <param name="fingerprint">The group.</param>
    /// <param name="description">For a group that has none.</param>
    /// <param name="id">A text that stands in the group and should not, or the other way round; null to look at the description alone.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether anything was written.</returns>
    public static async Task<bool> RunAsync(RedisShard shard, string fingerprint, byte[] description, string? id, CancellationToken cancellationToken)
    {
        RedisValue[] arguments = id is null ? [fingerprint, description] : [fingerprint, description, id];
        return Reply.Int(Reply.Items(await shard.EvaluateAsync(RedisScripts.RepairGroup, arguments, cancellationToken).ConfigureAwait(false))[1]) == 1;
    }
}

/// <summary>Runs set_aside.lua.</summary>
internal static class SetAsideScript
{
    /// <returns>The whole key under which the damaged one is kept now; empty when nothing was in the way.</returns>
    public static async Task<string> RunAsync(RedisShard shard, string name, string expectedType, CancellationToken cancellationToken)
        => Reply.Text(Reply.Items(await shard.EvaluateAsync(RedisScripts.SetAside, [name, expectedType], cancellationToken).ConfigureAwait(false))[1]);
}
