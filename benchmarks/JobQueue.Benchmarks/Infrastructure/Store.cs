using StackExchange.Redis;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>What the harness looks up in a store behind the library's back: docs/redis-data-model.md describes it.</summary>
internal static class Store
{
    public const string Root = "{jq:0}";
    public const string Waiting = Root + ":queue:default:normal";

    public static async Task<long> CountCompletedAsync(IDatabase database) => (long)await database.HashGetAsync(Root + ":stats", "completed");

    public static RedisKey Record(RedisValue id) => Root + ":job:" + id;
}
