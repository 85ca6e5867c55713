using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>Reads the queues, a bounded part a call.</summary>
internal sealed class QueueOverview(RedisCalls calls, JobReader reader)
{
    private const int PageSize = 50;
    private static readonly JobPriority[] Priorities = Enum.GetValues<JobPriority>();

    public async Task<IReadOnlyList<QueueInfo>> ReadAsync(CancellationToken cancellationToken)
    {
        var all = await calls.AllAsync(cancellationToken).ConfigureAwait(false);
        var shards = await Task.WhenAll(Array.ConvertAll(all, shard => ReadAsync(shard, cancellationToken))).ConfigureAwait(false);
        return shards is [var only]
            ? [.. only.Values]
            : [.. shards.SelectMany(static shard => shard.Values).GroupBy(static queue => queue.Name, StringComparer.Ordinal).OrderBy(static queue => queue.Key, StringComparer.Ordinal).Select(Merge)];
    }

    private async Task<SortedDictionary<string, QueueInfo>> ReadAsync(RedisCalls shard, CancellationToken cancellationToken)
    {
        var queues = new SortedDictionary<string, QueueInfo>(StringComparer.Ordinal);
        await ReadSetAsync(shard, queues, paused: false, cancellationToken).ConfigureAwait(false);
        await ReadSetAsync(shard, queues, paused: true, cancellationToken).ConfigureAwait(false);
        return queues;
    }

    /// <summary>What a queue has on all shards. A shard that has come since it was paused is not.</summary>
    private static QueueInfo Merge(IGrouping<string, QueueInfo> shards)
    {
        var oldest = shards.Where(static queue => queue.OldestJobId is not null).OrderBy(static queue => queue.WaitingSince ?? DateTimeOffset.MaxValue).FirstOrDefault();
        return new QueueInfo
        {
            Name = shards.Key,
            IsPaused = shards.Any(static queue => queue.IsPaused),
            Waiting = shards.Sum(static queue => queue.Waiting),
            Suspects = shards.Sum(static queue => queue.Suspects),
            TakenPerMinute = shards.Sum(static queue => queue.TakenPerMinute),
            WaitingByPriority = Priorities.ToDictionary(static priority => priority, priority => shards.Sum(queue => queue.WaitingByPriority[priority])),
            OldestJobId = oldest?.OldestJobId,
            WaitingSince = oldest?.WaitingSince,
        };
    }

    private async Task ReadSetAsync(RedisCalls shard, SortedDictionary<string, QueueInfo> queues, bool paused, CancellationToken cancellationToken)
    {
        var cursor = "0";
        do
        {
            (var now, cursor, var page) = await shard.RunAsync(
                "queues",
                static (shard, step, token) => QueuesScript.RunAsync(shard, step.paused, step.cursor, PageSize, token),
                (paused, cursor),
                cancellationToken).ConfigureAwait(false);
            foreach (var queue in page)
            {
                // A scan may show a member twice, and most paused queues are known ones.
                if (!queues.ContainsKey(queue.Name))
                {
                    queues.Add(queue.Name, await DescribeAsync(queue, now, cancellationToken).ConfigureAwait(false));
                }
            }
        }
        while (cursor != "0");
    }

    private async Task<QueueInfo> DescribeAsync(QueueReply queue, long now, CancellationToken cancellationToken)
    {
        JobId? oldest = null;
        long? since = null;
        foreach (var front in queue.Fronts)
        {
            if (JobId.TryParse(front.Id, out var id))
            {
                var due = await FindDueTimeAsync(id, front.Record, cancellationToken).ConfigureAwait(false);
                if (oldest is null || (due is { } time && (since is null || time < since)))
                {
                    oldest = id;
                    since = due;
                }
            }
        }

        return new QueueInfo
        {
            Name = queue.Name,
            IsPaused = queue.IsPaused,
            Waiting = queue.Waiting.Sum(),
            Suspects = queue.Waiting[0],
            TakenPerMinute = queue.Rate,
            WaitingByPriority = Priorities.ToDictionary(static priority => priority, priority => queue.Waiting[1 + (int)priority]),
            OldestJobId = oldest,
            // A scheduled job that a person ran at once is due in the future: it has waited for no time.
            WaitingSince = since is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(ms, now)) : null,
        };
    }

    private async Task<long?> FindDueTimeAsync(JobId id, byte[] record, CancellationToken cancellationToken)
    {
        if (record.Length == 0)
        {
            var (_, place) = await reader.ReadPlaceAsync(id, cancellationToken).ConfigureAwait(false);
            record = place?.Record ?? [];
        }

        return JobRecordReader.TryRead(id, record, out _)?.DueAt;
    }
}
