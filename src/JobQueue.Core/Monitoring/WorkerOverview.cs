using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>Reads the workers and what they told of themselves, a bounded part a call.</summary>
internal sealed class WorkerOverview(RedisCalls calls)
{
    private const int MaxWorkers = 10_000;
    private const int PageSize = 32;

    public async Task<IReadOnlyList<WorkerInfo>> ReadAsync(CancellationToken cancellationToken)
    {
        var (now, workers, lost) = await calls.RunAsync(
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

        return await DescribeAsync([.. known.Values], cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<WorkerInfo>> DescribeAsync(WorkerInfo[] workers, CancellationToken cancellationToken)
    {
        for (var first = 0; first < workers.Length; first += PageSize)
        {
            string[] ids = [.. workers.Skip(first).Take(PageSize).Select(static worker => worker.Id)];
            var snapshots = await calls.RunAsync(
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
