using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>One key: its name without the root, its type, and its content in a fixed order.</summary>
/// <param name="Name">Without the root.</param>
/// <param name="Type">As Redis's TYPE says it.</param>
/// <param name="Expires">Whether it has a time to live.</param>
/// <param name="Items">The value of a string; a list's elements from the left; else sorted: members, <c>field=value</c>, or <c>score member</c>.</param>
internal sealed record KeyContent(string Name, string Type, bool Expires, IReadOnlyList<string> Items)
{
    public override string ToString() => $"{Name} {Type}{(Expires ? " expires" : "")}: {string.Join(", ", Items)}";
}

/// <summary>
/// Every key of a store at one time. Two dumps are compared byte for byte; what is shown is made readable: names in place
/// of ids, and times near the server's clock as <c>now</c>, <c>now+1h</c>, <c>now-2h</c>, to the nearest hour. The statistics of a
/// minute or an hour are left out: their names move with the clock, and they have tests of their own.
/// </summary>
internal sealed partial class Keyspace
{
    private const long Hour = 3_600_000;
    private const long MostHours = 1_000;
    private const int LongestShown = 2_000;

    private readonly SortedDictionary<string, KeyContent> _keys = new(StringComparer.Ordinal);
    private readonly long _now;

    private Keyspace(IEnumerable<KeyContent> keys, long now)
    {
        foreach (var key in keys)
        {
            _keys.Add(key.Name, key);
        }

        _now = now;
    }

    public IEnumerable<KeyContent> Keys => _keys.Values;

    public KeyContent? Find(string name) => _keys.GetValueOrDefault(name);

    public static async Task<Keyspace> ReadAsync(Store store)
    {
        var now = await store.NowAsync();
        var keys = (await store.FindKeysAsync()).Where(key => !StatisticsByTime().IsMatch(((string)key!)[store.Root.Length..]));
        var contents = await Task.WhenAll(keys.Select(key => ReadKeyAsync(store, key)));
        return new Keyspace(contents.OfType<KeyContent>(), now);
    }

    /// <summary>
    /// A line for each key that is new or whose bytes differ, with its content now, and a line for each that is gone.
    /// </summary>
    public IReadOnlyList<string> ChangesFrom(Keyspace before)
    {
        var gone = before._keys.Keys.Except(_keys.Keys).Select(static name => name + " gone");
        var changed = Keys
            .Where(key => before.Find(key.Name)?.ToString() != key.ToString())
            .Select(key => key.ToString());
        return [.. changed.Concat(gone).Select(Show).Order(StringComparer.Ordinal)];
    }

    /// <summary>All of it, a line a key, readable.</summary>
    public override string ToString() => string.Join('\n', Keys.Select(key => Show(key.ToString())));

    private string Show(string line) => Time().Replace(TestJob.Shorten(line), ShowTime);

    private string ShowTime(Match time)
    {
        var hours = (long)Math.Round((long.Parse(time.Value, CultureInfo.InvariantCulture) - _now) / (double)Hour);
        return Math.Abs(hours) > MostHours
            ? time.Value
            : hours == 0 ? "now" : string.Create(CultureInfo.InvariantCulture, $"now{hours:+0;-0}h");
    }

    /// <returns>Null for a key that went away since its name was read, because a host works on the store.</returns>
    private static async Task<KeyContent?> ReadKeyAsync(Store store, RedisKey key)
    {
        var db = store.Database;
        var type = await db.KeyTypeAsync(key);
        if (type == RedisType.None)
        {
            return null;
        }

        string[] items = type switch
        {
            RedisType.String => [ShowValue(await db.StringGetAsync(key))],
            RedisType.List => [.. (await db.ListRangeAsync(key)).Select(ShowValue)],
            RedisType.Set => [.. (await db.SetMembersAsync(key)).Select(ShowValue).Order(StringComparer.Ordinal)],
            RedisType.Hash => [.. (await db.HashGetAllAsync(key)).Select(static e => $"{ShowValue(e.Name)}={ShowValue(e.Value)}").Order(StringComparer.Ordinal)],
            RedisType.SortedSet => [.. (await db.SortedSetRangeByRankWithScoresAsync(key))
                .Select(static e => string.Create(CultureInfo.InvariantCulture, $"{e.Score:R} {ShowValue(e.Element)}"))],
            _ => throw new InvalidOperationException($"'{key}' is of type {type}."),
        };
        var expires = await db.KeyTimeToLiveAsync(key) is not null;
        var typeName = type == RedisType.SortedSet ? "zset" : type.ToString().ToLowerInvariant();
        return new KeyContent(((string)key)[(store.Root.Length + 1)..], typeName, expires, items);
    }

    /// <summary>The bytes as text where they are text; long ones by their fingerprint.</summary>
    private static string ShowValue(RedisValue value)
    {
        var bytes = (byte[])value;
        if (bytes.Length > LongestShown)
        {
            return $"<{bytes.Length} bytes, {Convert.ToHexStringLower(SHA256.HashData(bytes))}>";
        }

        var text = Encoding.UTF8.GetString(bytes);
        return Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(bytes) ? text : "0x" + Convert.ToHexStringLower(bytes);
    }

    [GeneratedRegex("^:(stats(:[^:]+)?|taken):[0-9]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex StatisticsByTime();

    [GeneratedRegex("(?<![0-9a-f.])1[0-9]{12}(?![0-9a-f.])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Time();
}
