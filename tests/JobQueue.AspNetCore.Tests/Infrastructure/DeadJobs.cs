using StackExchange.Redis;

namespace JobQueue.AspNetCore.Tests.Infrastructure;

/// <summary>Makes many dead jobs of one: the same record under other ids, written with plain commands.</summary>
internal static class DeadJobs
{
    private const int Batch = 1_000;

    /// <returns>The ids of all of them, the first is that of a job that has really died.</returns>
    public static async Task<IReadOnlyList<string>> SeedAsync(ApiHost host, IDatabase database, int count)
    {
        var first = (await host.PostAsync("/jobs/enqueue", new { name = "fail", args = new { a = 1 } }, 201)).GetProperty("job_id").GetString()!;
        await host.UntilAsync(first, "failed");
        var record = await database.StringGetAsync(host.Key("job:" + first));
        var died = (await database.SortedSetScoreAsync(host.Key("dead"), first))!.Value;
        var group = host.Key("dead:" + (await host.DeadLetters.GetGroupsAsync()).Single().Fingerprint);
        var ids = new List<string>(count) { first };
        for (var number = 1; number < count; number++)
        {
            ids.Add(JobId.FromKey($"dead {number}").ToString());
        }

        foreach (var part in ids.Skip(1).Chunk(Batch))
        {
            await database.StringSetAsync(Array.ConvertAll(part, id => new KeyValuePair<RedisKey, RedisValue>(host.Key("job:" + id), record)));
            var entries = Array.ConvertAll(part, id => new SortedSetEntry(id, died));
            await database.SortedSetAddAsync(group, entries);
            await database.SortedSetAddAsync(host.Key("dead"), entries);
        }

        return ids;
    }
}
