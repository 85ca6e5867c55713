using JobQueue.Redis;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// What goes on in a store while a call is on its way: every job moves on. What is held ends, what is dead gets a new round, what is
/// due later is run now, and what waits is taken by another worker and completes.
/// </summary>
internal static class PassingTime
{
    private const string Worker = "later";
    private const long FirstFetch = 1_000;
    private const string DeadLetter = "dead";

    public static async Task EveryJobMovesOnAsync(this Store store)
    {
        await JoinScript.RunAsync(store.Shard, Worker, TimeSpan.FromHours(1), TimeSpan.FromHours(1), "snapshot", CancellationToken.None);
        await CompleteAsync(store);
        foreach (var id in await IdsAsync(store, DeadLetter))
        {
            if (await RecordAsync(store, id) is { } record)
            {
                await RequeueScript.RunAsync(store.Shard, [new RequeueItem(id, record, TestJob.DefaultLine, TestJob.Record(NameOf(id)))], CancellationToken.None);
            }
        }

        foreach (var set in (string[])["scheduled", "retrying"])
        {
            foreach (var member in await IdsAsync(store, set))
            {
                await RunNowScript.RunAsync(store.Shard, JobId.Parse(member[(member.LastIndexOf('|') + 1)..]), CancellationToken.None);
            }
        }

        for (var number = FirstFetch; await FetchAsync(store, number) > 0; number++)
        {
            await CompleteAsync(store);
        }
    }

    private static async Task<int> FetchAsync(Store store, long number)
        => (await FetchScript.RunAsync(
            store.Shard, new FetchRequest(Worker, number, 100, TimeSpan.FromHours(1), JobPriorities.StrictOrder, 0, "", []), CancellationToken.None)).Ids.Length;

    private static async Task CompleteAsync(Store store)
    {
        foreach (var lease in await store.Database.HashGetAllAsync(store.Key("running")))
        {
            var (id, record) = ((byte[])lease.Name!, TestJob.Record(NameOf(lease.Name!), status: TerminalStatus.Completed));
            await CompleteScript.RunAsync(
                store.Shard, [new CompleteItem(id, lease.Value!, await store.NowAsync(), "work", "w1", "r1", record)], CancellationToken.None);
        }
    }

    private static string NameOf(string id) => TestJob.Shorten(id);

    private static async Task<string[]> IdsAsync(Store store, string set)
        => await store.Database.KeyTypeAsync(store.Key(set)) == StackExchange.Redis.RedisType.SortedSet
            ? [.. (await store.Database.SortedSetRangeByRankAsync(store.Key(set))).Select(static member => (string)member!)]
            : [];

    private static async Task<byte[]?> RecordAsync(Store store, string id) => await store.Database.StringGetAsync(store.Key("job:" + id));
}
