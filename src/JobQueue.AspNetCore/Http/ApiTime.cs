using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JobQueue.AspNetCore.Http;

/// <summary>Times of the API: ISO 8601, written in UTC with <c>Z</c>; read with any offset, and without one as UTC.</summary>
internal sealed class ApiTime : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        var parsed = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
        return parsed && text!.Length >= 10 && char.IsAsciiDigit(text[0]); // Not "08:00" or "Monday", which a lenient reader takes for a time of today.
    }

    /// <summary>A span as milliseconds, to the microsecond.</summary>
    public static double? Milliseconds(TimeSpan? span) => span is { } value ? Math.Round(value.TotalMilliseconds, 3) : null;

    /// <summary>The time between two instants in seconds, never less than none: clocks of machines differ.</summary>
    public static double? SecondsBetween(DateTimeOffset? from, DateTimeOffset to) => from is { } start ? Math.Round(Math.Max(0, (to - start).TotalSeconds), 3) : null;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => TryParse(reader.GetString(), out var time) ? time : throw new JsonException("It is no ISO 8601 time.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
}
