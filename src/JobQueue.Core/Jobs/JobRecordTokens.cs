using System.Text.Json;

namespace JobQueue;

/// <summary>Reads the value that follows a member's name; what nothing can hold is refused.</summary>
internal static class JobRecordTokens
{
    private const int MaxCount = 1_000_000_000;

    [ThreadStatic]
    private static string? _lastQueue;

    [ThreadStatic]
    private static string? _lastHandler;

    /// <summary>The bytes of the next value as they are stored.</summary>
    public static ReadOnlyMemory<byte> NextRaw(ref Utf8JsonReader reader, ReadOnlyMemory<byte> bytes)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return bytes[start..(int)reader.BytesConsumed];
    }

    public static string? NextString(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    /// <summary>The name of a queue. Most records say what the one before said: its text serves again.</summary>
    public static string? NextQueue(ref Utf8JsonReader reader) => NextString(ref reader, ref _lastQueue);

    /// <summary>The name of a handler, in the same way.</summary>
    public static string? NextHandler(ref Utf8JsonReader reader) => NextString(ref reader, ref _lastHandler);

    private static string? NextString(ref Utf8JsonReader reader, ref string? last)
    {
        reader.Read();
        return last is not null && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(last) ? last : last = reader.GetString();
    }

    public static List<string> NextStrings(ref Utf8JsonReader reader)
    {
        var strings = new List<string>();
        reader.Read();
        Expect(reader.TokenType == JsonTokenType.StartArray, "its tags are no array");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            strings.Add(reader.GetString() ?? "");
        }

        return strings;
    }

    /// <summary>An object whose values are texts; its order is kept.</summary>
    public static Dictionary<string, string> NextTexts(ref Utf8JsonReader reader)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        reader.Read();
        Expect(reader.TokenType == JsonTokenType.StartObject, "its headers are no object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            texts[name] = NextString(ref reader) ?? "";
        }

        return texts;
    }

    /// <summary>A count that code may add to, or a time span in ms that a timer can hold.</summary>
    public static int NextCount(ref Utf8JsonReader reader)
    {
        reader.Read();
        var number = reader.GetInt64();
        return number is >= 0 and <= MaxCount ? (int)number : throw new FormatException($"{number} is below 0 or above {MaxCount}");
    }

    public static DateTimeOffset NextTime(ref Utf8JsonReader reader)
    {
        reader.Read();
        return DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64());
    }

    /// <summary>A time as Unix milliseconds, checked to be one.</summary>
    public static long NextMilliseconds(ref Utf8JsonReader reader) => NextTime(ref reader).ToUnixTimeMilliseconds();

    public static void SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    public static void Expect(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new FormatException(otherwise);
        }
    }
}
