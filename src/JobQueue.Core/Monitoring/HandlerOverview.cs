using System.Globalization;
using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>Reads what was counted a handler and hour, a bounded part a call, and adds it up.</summary>
internal sealed class HandlerOverview(RedisCalls calls)
{
    private const int PageSize = 200;
    private const int HoursPerCall = 200;
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(48);

    public async Task<IReadOnlyList<HandlerStatistics>> ReadAsync(TimeSpan period, CancellationToken cancellationToken)
    {
        if (period < Shortest || period > Longest)
        {
            throw Errors.StatisticsOutOfRange(period);
        }

        var hours = 1 + (int)Math.Ceiling(period.TotalHours);
        var handlers = await ReadHandlersAsync(cancellationToken).ConfigureAwait(false);
        var statistics = new List<HandlerStatistics>(handlers.Count);
        foreach (var part in handlers.Chunk(Math.Max(1, HoursPerCall / hours)))
        {
            string[] names = [.. part.Select(static handler => handler.Key)];
            var counts = await calls.RunAsync(
                "handler statistics",
                static (shard, part, token) => HandlerStatisticsScript.RunAsync(shard, part.hours, part.names, token),
                (hours, names),
                cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < part.Length; i++)
            {
                statistics.Add(AddUp(part[i].Key, part[i].Value, counts.AsSpan(i * hours, hours)));
            }
        }

        return statistics;
    }

    private async Task<SortedDictionary<string, string>> ReadHandlersAsync(CancellationToken cancellationToken)
    {
        var handlers = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var cursor = "0";
        do
        {
            (cursor, var page) = await calls.RunAsync(
                "handlers",
                static (shard, cursor, token) => HandlersScript.RunAsync(shard, cursor, PageSize, token),
                cursor,
                cancellationToken).ConfigureAwait(false);
            foreach (var (name, seen) in page)
            {
                handlers[name] = seen;
            }
        }
        while (cursor != "0");
        return handlers;
    }

    private static HandlerStatistics AddUp(string name, string seen, ReadOnlySpan<IReadOnlyDictionary<string, long>> hours)
    {
        Span<long> runs = stackalloc long[DurationBuckets.Count];
        var totals = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var hour in hours)
        {
            foreach (var (field, count) in hour)
            {
                if (!DurationBuckets.TryAdd(field, 'r', count, runs))
                {
                    totals[field] = totals.GetValueOrDefault(field) + count;
                }
            }
        }

        var completed = totals.GetValueOrDefault("completed");
        var failed = totals.GetValueOrDefault("failed");
        return new HandlerStatistics
        {
            Handler = name,
            Completed = completed,
            Failed = failed,
            Retried = totals.GetValueOrDefault("retried"),
            Dead = totals.GetValueOrDefault("dead"),
            Cancelled = totals.GetValueOrDefault("cancelled"),
            FailureRate = completed + failed == 0 ? null : failed / (double)(completed + failed),
            RunP50 = DurationBuckets.Percentile(runs, 0.5),
            RunP95 = DurationBuckets.Percentile(runs, 0.95),
            RunP99 = DurationBuckets.Percentile(runs, 0.99),
            LastSeenAt = ParseTime(seen),
        };
    }

    /// <summary>What is stored of a handler is <c>&lt;last seen ms&gt;|&lt;its defaults&gt;</c>.</summary>
    private static DateTimeOffset? ParseTime(string seen)
    {
        var bar = seen.IndexOf('|', StringComparison.Ordinal);
        return long.TryParse(bar < 0 ? seen : seen.AsSpan(0, bar), NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
            && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;
    }
}
