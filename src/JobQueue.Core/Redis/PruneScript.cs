namespace JobQueue.Redis;

/// <summary>Runs prune.lua.</summary>
internal static class PruneScript
{
    /// <summary>The cursor that begins a scan, and that ends it.</summary>
    public const string Ends = "0";

    private const int Step = 500;

    /// <summary>The indexes that it knows; <c>floors</c> after <c>lost</c>, whose workers keep theirs.</summary>
    public static IReadOnlyList<string> Indexes { get; } = ["waiters", "producers", "handlers", "lost", "floors", "listeners"];

    public static async Task<(string Cursor, int Removed)> RunAsync(RedisShard shard, string index, string cursor, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Prune, [index, cursor, Step], cancellationToken).ConfigureAwait(false));
        return (Reply.Text(reply[1]), (int)Reply.Int(reply[2]));
    }
}
