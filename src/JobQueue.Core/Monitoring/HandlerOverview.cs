using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>Reads what was counted a handler and hour, a bounded part a call, and adds it up.</summary>
internal sealed class HandlerOverview(RedisCalls calls)
{
    private const int HoursPerCall = 200;
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(48);

    public async Task<IReadOnlyList<HandlerInfo>> ListAsync(CancellationToken cancellationToken)
    {
        var (now, handlers) = await calls.RunAsync(
            "known handlers",
            static (shard, _, token) => KnownHandlersScript.RunAsync(shard, token),
            state: 0,
            cancellationToken).ConfigureAwait(false);
        return [.. handlers.Select(handler => HandlerReader.Read(handler, now)).OrderBy(static handler => handler.Name, StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyList<HandlerStatistics>> ReadAsync(TimeSpan period, CancellationToken cancellationToken)
    {
        if (period < Shortest || period > Longest)
        {
            throw Errors.StatisticsOutOfRange(period);
        }

        var hours = 1 + (int)Math.Ceiling(period.TotalHours);
        var (_, handlers) = await calls.RunAsync(
            "known handlers",
            static (shard, _, token) => KnownHandlersScript.RunAsync(shard, token),
            state: 0,
            cancellationToken).ConfigureAwait(false);
        var statistics = new List<HandlerStatistics>(handlers.Length);
        foreach (var part in handlers.OrderBy(static handler => handler.Name, StringComparer.Ordinal).Chunk(Math.Max(1, HoursPerCall / hours)))
        {
            string[] names = [.. part.Select(static handler => handler.Name)];
            var shards = await calls.RunOnAllAsync(
                "handler statistics",
                static (shard, part, token) => HandlerStatisticsScript.RunAsync(shard, part.hours, part.names, token),
                (hours, names),
                cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < part.Length; i++)
            {
                statistics.Add(AddUp(part[i], [.. shards.SelectMany(counts => counts.Skip(i * hours).Take(hours))]));
            }
        }

        return statistics;
    }

    private static HandlerStatistics AddUp(RegisteredHandler handler, List<IReadOnlyDictionary<string, long>> hours)
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
            Handler = handler.Name,
            Completed = completed,
            Failed = failed,
            Retried = totals.GetValueOrDefault("retried"),
            Dead = totals.GetValueOrDefault("dead"),
            Cancelled = totals.GetValueOrDefault("cancelled"),
            FailureRate = completed + failed == 0 ? null : failed / (double)(completed + failed),
            RunP50 = DurationBuckets.Percentile(runs, 0.5),
            RunP95 = DurationBuckets.Percentile(runs, 0.95),
            RunP99 = DurationBuckets.Percentile(runs, 0.99),
            LastSeenAt = DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(handler.LastSeen, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())),
        };
    }
}
