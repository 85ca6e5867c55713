using System.Globalization;

namespace JobQueue.Redis;

/// <summary>Runs clear_dead.lua.</summary>
internal static class ClearDeadScript
{
    private const int Limit = 500;

    /// <param name="shard">The shard.</param>
    /// <param name="fingerprint">The group; null for all.</param>
    /// <param name="until">Only what died at or before this time; null for now.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>The server's time, which were removed, and how many of that time are left.</returns>
    public static async Task<(long Now, string[] Removed, long Remaining)> RunAsync(
        RedisShard shard, string? fingerprint, long? until, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(
                RedisScripts.ClearDead, [Limit, fingerprint ?? "", until?.ToString(CultureInfo.InvariantCulture) ?? ""], cancellationToken)
            .ConfigureAwait(false));
        return (Reply.Int(reply[0]), Reply.Texts(reply[1]), Reply.Int(reply[2]));
    }
}
