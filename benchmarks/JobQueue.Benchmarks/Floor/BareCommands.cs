using System.Threading.Channels;
using JobQueue.Benchmarks.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Benchmarks.Floor;

/// <summary>
/// The commands that move a job, bare: no script, no checks, no counting, no retention, the same bytes, in batches of 100, by the same client.
/// Nothing that keeps these records can be faster than this. The ids are known beforehand, so that a batch is one round trip, as a script's is.
/// </summary>
internal static class BareCommands
{
    private const int Batch = 100;
    private const string Token = "machine-3f9c2b7a41d0|123456|1767225600000";
    private const string Running = Store.Root + ":running";
    private const string Completed = Store.Root + ":completed";

    public static async Task EnqueueAsync(IDatabase database, int count, byte[] record)
    {
        foreach (var batch in Enumerable.Range(0, count).Chunk(Batch))
        {
            var ids = Array.ConvertAll(batch, static _ => (RedisValue)Guid.CreateVersion7().ToString("N"));
            await Task.WhenAll(database.ListLeftPushAsync(Store.Waiting, ids), StoreAsync(database, ids, record));
        }
    }

    /// <summary>What waits, oldest first.</summary>
    public static async Task<RedisValue[]> WaitingAsync(IDatabase database)
    {
        var ids = await database.ListRangeAsync(Store.Waiting);
        Array.Reverse(ids);
        return ids;
    }

    /// <summary>Both at once, as a worker does it: while one batch is completed, the next is fetched.</summary>
    public static async Task DrainAsync(IDatabase database, RedisValue[] ids, byte[] completed)
    {
        var fetched = Channel.CreateBounded<RedisValue[]>(2);
        var completing = Task.Run(async () =>
        {
            await foreach (var batch in fetched.Reader.ReadAllAsync())
            {
                await CompleteAsync(database, batch, completed);
            }
        });
        foreach (var batch in ids.Chunk(Batch))
        {
            await FetchAsync(database, batch);
            await fetched.Writer.WriteAsync(batch);
        }

        fetched.Writer.Complete();
        await completing;
    }

    private static Task FetchAsync(IDatabase database, RedisValue[] ids) => Task.WhenAll(
        database.ListRangeAsync(Store.Waiting, -ids.Length),
        database.StringGetAsync(Array.ConvertAll(ids, Store.Record)),
        database.HashSetAsync(Running, Array.ConvertAll(ids, static id => new HashEntry(id, Token))),
        database.ListTrimAsync(Store.Waiting, 0, -(ids.Length + 1)));

    private static Task CompleteAsync(IDatabase database, RedisValue[] ids, byte[] record) => Task.WhenAll(
        StoreAsync(database, ids, record),
        database.ListLeftPushAsync(Completed, Array.ConvertAll(ids, id => (RedisValue)$"{id}|1767225600000|{record.Length}")),
        database.HashDeleteAsync(Running, ids));

    private static Task<bool> StoreAsync(IDatabase database, RedisValue[] ids, byte[] record)
        => database.StringSetAsync(Array.ConvertAll(ids, id => new KeyValuePair<RedisKey, RedisValue>(Store.Record(id), record)));
}
