using StackExchange.Redis;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>What the harness looks up in a store behind the library's back: docs/redis-data-model.md describes it.</summary>
internal static class Store
{
    public const string Root = "{jq:0}";
    public const string Running = Root + ":running";
    public const string Idle = Root + ":idle";
    public const string Waiting = Root + ":queue:default:normal";

    public static async Task<long> CountCompletedAsync(IDatabase database) => (long)await database.HashGetAsync(Root + ":stats", "completed");

    /// <summary>The workers that wait for work of one queue, because they serve it by name.</summary>
    public static RedisKey IdleOf(string queue) => Idle + ":" + queue;

    public static RedisKey Record(RedisValue id) => Root + ":job:" + id;
}
