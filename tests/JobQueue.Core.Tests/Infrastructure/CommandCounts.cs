using System.Globalization;

using StackExchange.Redis;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// What the server executes for a call, by command. It counts for the whole server, so the tests that use it belong to the
/// collection <c>WholeServer</c>; Garnet counts only when it was started so.
/// </summary>
internal static class CommandCounts
{
    /// <summary>Commands that a connection sends by itself, also one of a test that has ended and is being closed, and the one that counts.</summary>
    private static readonly string[] NotOurs = ["info", "ping", "echo", "subscribe", "unsubscribe"];

    public static async Task<Dictionary<string, long>> OfAsync(Store store, Func<Task> call)
    {
        var before = await ReadAsync(store);
        await call();
        var after = await ReadAsync(store);
        return after.Where(entry => entry.Value > before.GetValueOrDefault(entry.Key))
            .ToDictionary(static entry => entry.Key, entry => entry.Value - before.GetValueOrDefault(entry.Key));
    }

    private static async Task<Dictionary<string, long>> ReadAsync(Store store)
    {
        var text = (string)await store.Database.ExecuteAsync("INFO", "commandstats", (RedisKey)store.Root); // The key takes it to the store's server.
        return text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => line.StartsWith("cmdstat_", StringComparison.Ordinal))
            .Select(static line => line["cmdstat_".Length..].Split(':', 2))
            .Where(static parts => !NotOurs.Contains(parts[0]))
            .ToDictionary(static parts => parts[0], static parts => long.Parse(parts[1].Split(',')[0]["calls=".Length..], CultureInfo.InvariantCulture));
    }
}
