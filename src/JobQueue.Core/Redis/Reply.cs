using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// Reads the parts of a script's reply. The client answers null for a nil, which scripts leave out of what is read here; newer versions
/// of it say so to the compiler, older ones say nothing.
/// </summary>
internal static class Reply
{
    public static RedisResult[] Items(RedisResult reply) => (RedisResult[])reply!;

    public static long Int(RedisResult item) => (long)item;

    public static ScriptStatus Status(RedisResult item) => (ScriptStatus)(int)item;

    public static string Text(RedisResult item) => (string)item!;

    public static string[] Texts(RedisResult item) => (string[])item!;

    public static byte[] Bytes(RedisResult item) => (byte[])item!;

    public static byte[][] ManyBytes(RedisResult item) => (byte[][])item!;

    public static ScriptStatus[] Statuses(RedisResult item)
    {
        var items = Items(item);
        var statuses = new ScriptStatus[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            statuses[i] = (ScriptStatus)(int)items[i];
        }

        return statuses;
    }

    /// <summary>Of a script that names those jobs only that were not applied: their positions, from 1, and statuses.</summary>
    public static ScriptStatus[] StatusesBut(RedisResult others, int count)
    {
        var items = Items(others);
        var statuses = new ScriptStatus[count];
        for (var i = 0; i < items.Length; i += 2)
        {
            statuses[(int)items[i] - 1] = (ScriptStatus)(int)items[i + 1];
        }

        return statuses;
    }

    /// <summary>A score or time in ms; null when the script answered ''.</summary>
    public static long? OptionalTime(RedisResult item)
    {
        var text = Text(item);
        return string.IsNullOrEmpty(text) ? null : (long)double.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>The fields of a hash that hold whole numbers; others are passed over.</summary>
    public static Dictionary<string, long> Numbers(RedisResult item)
    {
        var fields = Texts(item);
        var numbers = new Dictionary<string, long>(fields.Length / 2, StringComparer.Ordinal);
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            if (long.TryParse(fields[i + 1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                numbers[fields[i]] = number;
            }
        }

        return numbers;
    }
}
