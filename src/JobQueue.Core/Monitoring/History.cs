using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>Reads what was counted a minute, a bounded part a call, and makes points of it.</summary>
internal sealed class History(RedisCalls calls)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(48);

    public async Task<IReadOnlyList<HistoryPoint>> ReadAsync(TimeSpan period, CancellationToken cancellationToken)
    {
        if (period < Shortest || period > Longest)
        {
            throw Errors.HistoryOutOfRange(period);
        }

        // From the current minute back, so that the first call says which minute that is.
        var points = new HistoryPoint[(int)Math.Ceiling(period.TotalMinutes)];
        long? last = null;
        for (var end = points.Length; end > 0;)
        {
            var minutes = Math.Min(end, HistoryScript.MaxMinutes);
            var (first, counts) = await ReadAsync(calls, minutes, last, cancellationToken).ConfigureAwait(false);
            foreach (var shard in await OthersAsync(cancellationToken).ConfigureAwait(false))
            {
                Add(counts, (await ReadAsync(shard, minutes, first + minutes - 1, cancellationToken).ConfigureAwait(false)).Counts);
            }

            for (var i = 0; i < counts.Length; i++)
            {
                points[end - minutes + i] = ToPoint(first + i, counts[i]);
            }

            end -= minutes;
            last = first - 1;
        }

        return points;
    }

    private async Task<RedisCalls[]> OthersAsync(CancellationToken cancellationToken) => (await calls.AllAsync(cancellationToken).ConfigureAwait(false))[1..];

    private static Task<(long First, IReadOnlyDictionary<string, long>[] Counts)> ReadAsync(RedisCalls shard, int minutes, long? last, CancellationToken cancellationToken)
        => shard.RunAsync(
            "history",
            static (shard, part, token) => HistoryScript.RunAsync(shard, part.minutes, part.last, token),
            (minutes, last),
            cancellationToken);

    private static void Add(IReadOnlyDictionary<string, long>[] counts, IReadOnlyDictionary<string, long>[] more)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            var sum = new Dictionary<string, long>(counts[i], StringComparer.Ordinal);
            foreach (var (field, count) in more[i])
            {
                sum[field] = sum.GetValueOrDefault(field) + count;
            }

            counts[i] = sum;
        }
    }

    private static HistoryPoint ToPoint(long minute, IReadOnlyDictionary<string, long> counts)
    {
        Span<long> waits = stackalloc long[DurationBuckets.Count];
        Span<long> runs = stackalloc long[DurationBuckets.Count];
        foreach (var (field, count) in counts)
        {
            _ = DurationBuckets.TryAdd(field, 'w', count, waits) || DurationBuckets.TryAdd(field, 'r', count, runs);
        }

        return new HistoryPoint
        {
            At = DateTimeOffset.UnixEpoch.AddMinutes(minute),
            Enqueued = counts.GetValueOrDefault("enqueued"),
            Completed = counts.GetValueOrDefault("completed"),
            Failed = counts.GetValueOrDefault("failed"),
            Retried = counts.GetValueOrDefault("retried"),
            Dead = counts.GetValueOrDefault("dead"),
            Cancelled = counts.GetValueOrDefault("cancelled"),
            WaitP50 = DurationBuckets.Percentile(waits, 0.5),
            WaitP95 = DurationBuckets.Percentile(waits, 0.95),
            RunP50 = DurationBuckets.Percentile(runs, 0.5),
            RunP95 = DurationBuckets.Percentile(runs, 0.95),
            RunP99 = DurationBuckets.Percentile(runs, 0.99),
        };
    }
}
