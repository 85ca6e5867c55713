using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>Runs history.lua.</summary>
internal static class HistoryScript
{
    /// <summary>Most minutes read in one call.</summary>
    public const int MaxMinutes = 120;

    /// <summary>Reads so many minutes that end with the given one; null is the current one.</summary>
    /// <returns>The number of the first minute, and what was counted in each.</returns>
    public static async Task<(long First, IReadOnlyDictionary<string, long>[] Counts)> RunAsync(
        RedisShard shard, int minutes, long? last, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.History, [minutes, last is { } minute ? minute : ""], cancellationToken)
            .ConfigureAwait(false));
        return (Reply.Int(reply[1]), [.. Reply.Items(reply[2]).Select(Reply.Numbers)]);
    }
}

/// <summary>Runs handler_statistics.lua.</summary>
internal static class HandlerStatisticsScript
{
    /// <returns>What was counted in each hour, oldest first, of each handler in turn.</returns>
    public static async Task<IReadOnlyDictionary<string, long>[]> RunAsync(
        RedisShard shard, int hours, IReadOnlyList<string> handlers, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[1 + handlers.Count];
        arguments[0] = hours;
        for (var i = 0; i < handlers.Count; i++)
        {
            arguments[1 + i] = handlers[i];
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.HandlerStatistics, arguments, cancellationToken).ConfigureAwait(false));
        return [.. Reply.Items(reply[0]).Select(Reply.Numbers)];
    }
}
