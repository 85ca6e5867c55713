using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>Reads the workers and what they told of themselves, a bounded part a call.</summary>
internal sealed class WorkerOverview(RedisCalls calls)
{
    private const int MaxWorkers = 10_000;
    private const int PageSize = 32;

    public async Task<IReadOnlyList<WorkerInfo>> ReadAsync(CancellationToken cancellationToken)
    {
        var all = await calls.AllAsync(cancellationToken).ConfigureAwait(false);
        var shards = await Task.WhenAll(Array.ConvertAll(all, shard => ReadAsync(shard, cancellationToken))).ConfigureAwait(false);
        return shards is [var only]
            ? only
            : [.. shards.SelectMany(static shard => shard).GroupBy(static worker => worker.Id, StringComparer.Ordinal).OrderBy(static worker => worker.Key, StringComparer.Ordinal).Select(Merge)];
    }

    /// <summary>What a worker has told on all shards: on each which of its jobs it runs there, and the same of the rest.</summary>
    private static WorkerInfo Merge(IGrouping<string, WorkerInfo> shards)
    {
        var latest = shards.OrderByDescending(static worker => worker.IsLive).ThenByDescending(static worker => worker.LastBeatAt).First();
        return latest with { Jobs = [.. shards.Where(worker => worker.IsLive == latest.IsLive).SelectMany(static worker => worker.Jobs)] };
    }

    private static async Task<IReadOnlyList<WorkerInfo>> ReadAsync(RedisCalls shard, CancellationToken cancellationToken)
    {
        var (now, workers, lost) = await shard.RunAsync(
            "workers",
            static (shard, _, token) => WorkersScript.RunAsync(shard, MaxWorkers, token),
            state: 0,
            cancellationToken).ConfigureAwait(false);
        var known = new SortedDictionary<string, WorkerInfo>(StringComparer.Ordinal);
        foreach (var worker in lost)
        {
            known[worker.Id] = new WorkerInfo { Id = worker.Id, IsLive = false, LostAt = DateTimeOffset.FromUnixTimeMilliseconds(worker.Time) };
        }

        foreach (var worker in workers)
        {
            known[worker.Id] = new WorkerInfo
            {
                Id = worker.Id,
                IsLive = worker.Time >= now,
                LeaseUntil = DateTimeOffset.FromUnixTimeMilliseconds(worker.Time),
            };
        }

        return await DescribeAsync(shard, [.. known.Values], cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<WorkerInfo>> DescribeAsync(RedisCalls shard, WorkerInfo[] workers, CancellationToken cancellationToken)
    {
        for (var first = 0; first < workers.Length; first += PageSize)
        {
            string[] ids = [.. workers.Skip(first).Take(PageSize).Select(static worker => worker.Id)];
            var snapshots = await shard.RunAsync(
                "worker snapshots",
                static (shard, ids, token) => WorkerSnapshotsScript.RunAsync(shard, ids, token),
                ids,
                cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < snapshots.Length; i++)
            {
                workers[first + i] = SnapshotReader.Describe(workers[first + i], snapshots[i]);
            }
        }

        return workers;
    }
}
