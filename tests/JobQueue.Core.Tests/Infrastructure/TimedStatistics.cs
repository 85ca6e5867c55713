using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>The hashes of a store that count what happened in a minute, and in an hour to a handler.</summary>
internal static class TimedStatistics
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 3_600_000;

    /// <summary>What was counted, as <c>field=value</c>; of two minutes together when one has ended in between.</summary>
    public static async Task<IEnumerable<string>> OfMinutesAsync(Store store)
        => await SumAsync(store, (await store.FindKeysAsync()).Where(key => IsMinute(NameOf(store, key))));

    /// <summary>What was counted for a handler, as <c>field=value</c>.</summary>
    public static async Task<IEnumerable<string>> OfHandlerAsync(Store store, string handler = "work")
        => await SumAsync(store, (await store.FindKeysAsync()).Where(key => NameOf(store, key).StartsWith($"stats:{handler}:", StringComparison.Ordinal)));

    /// <summary>The names of the hashes of now, and of the next minute and hour: the clock may be about to turn.</summary>
    public static async Task<IEnumerable<string>> NamesOfNowAsync(Store store, string? handler)
    {
        var now = await store.NowAsync();
        var number = now / (handler is null ? MinuteMs : HourMs);
        var head = handler is null ? "stats:" : $"stats:{handler}:";
        return [.. new[] { number, number + 1 }.Select(part => head + part.ToString(CultureInfo.InvariantCulture))];
    }

    /// <summary>How long each of the hashes is still kept, the minutes' and the handlers'.</summary>
    public static async Task<(TimeSpan?[] Minutes, TimeSpan?[] Hours)> KeptAsync(Store store)
    {
        var keys = (await store.FindKeysAsync()).Where(key => NameOf(store, key).StartsWith("stats:", StringComparison.Ordinal)).ToLookup(key => IsMinute(NameOf(store, key)));
        return (await KeptAsync(store, keys[true]), await KeptAsync(store, keys[false]));
    }

    private static Task<TimeSpan?[]> KeptAsync(Store store, IEnumerable<RedisKey> keys) => Task.WhenAll(keys.Select(key => store.Database.KeyTimeToLiveAsync(key)));

    private static async Task<IEnumerable<string>> SumAsync(Store store, IEnumerable<RedisKey> keys)
    {
        var fields = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var entry in (await Task.WhenAll(keys.Select(key => store.Database.HashGetAllAsync(key)))).SelectMany(static entries => entries))
        {
            var field = (string)entry.Name;
            fields[field] = fields.GetValueOrDefault(field) + (long)entry.Value;
        }

        return fields.Select(static field => string.Create(CultureInfo.InvariantCulture, $"{field.Key}={field.Value}"));
    }

    private static bool IsMinute(string name) => name.StartsWith("stats:", StringComparison.Ordinal) && name.AsSpan("stats:".Length).IndexOf(':') < 0;

    private static string NameOf(Store store, RedisKey key) => ((string)key)[(store.Root.Length + 1)..];
}
