using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>What the harness looks up in a store behind the library's back: docs/redis-data-model.md describes it.</summary>
internal static class Store
{
    public const string Root = "{jq:0}";
    public const string Running = Root + ":running";
    public const string Idle = Root + ":idle";
    public const string Waiting = Root + ":queue:default:normal";

    public static Task<long> CountCompletedAsync(IDatabase database) => CountCompletedAsync(database, shard: 0);

    public static async Task<long> CountCompletedAsync(IDatabase database, int shard) => (long)await database.HashGetAsync(RootOf(shard) + ":stats", "completed");

    /// <summary>Waits until retention has removed what is beyond it: it begins up to 5 s after the first job is done, and is a part of what a job costs.</summary>
    public static Task WaitForRetentionAsync(IDatabase database)
    {
        var kept = new JobQueueOptions().Retention.CompletedCount;
        return Meter.UntilAsync(async () => -await database.ListLengthAsync(Root + ":completed"), -kept);
    }

    /// <summary>What all keys of a shard begin with, and what a cluster goes by.</summary>
    public static string RootOf(int shard) => string.Create(CultureInfo.InvariantCulture, $"{{jq:{shard}}}");

    /// <summary>The workers that wait for work of one queue, because they serve it by name.</summary>
    public static RedisKey IdleOf(string queue) => Idle + ":" + queue;

    public static RedisKey Record(RedisValue id) => Root + ":job:" + id;
}
