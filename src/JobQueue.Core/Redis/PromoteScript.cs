namespace JobQueue.Redis;

/// <summary>Runs promote.lua.</summary>
internal static class PromoteScript
{
    /// <summary>Most jobs moved from each set in one call.</summary>
    public const int MaxLimit = 500;

    /// <returns>How many jobs were moved, and how long until the next is due; null when none waits for a time.</returns>
    public static async Task<(int Moved, TimeSpan? UntilNext)> RunAsync(RedisShard shard, int limit, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Promote, [limit], cancellationToken).ConfigureAwait(false));
        var next = Reply.Int(reply[2]);
        return ((int)reply[1], next < 0 ? null : TimeSpan.FromMilliseconds(Math.Max(0, next - Reply.Int(reply[0]))));
    }
}
