using System.Globalization;

namespace JobQueue.SourceGeneration.Rules;

/// <summary>Reads times that attributes hold as text, in one notation each, the same in every culture.</summary>
internal static class Times
{
    /// <summary>The last millisecond of the year 9999, which the library keeps free.</summary>
    private const long EndOfTime = 253_402_300_799_999;

    private static readonly string[] TimesOfDay = ["HH:mm", "HH:mm:ss"];

    private static readonly string[] Instants = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFK"];

    /// <summary><c>[days.]hours:minutes[:seconds[.fraction]]</c>. A number alone would be days, which nobody expects.</summary>
    public static TimeSpan? ReadInterval(string text)
        => text.Contains(':') && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, TimeSpanStyles.None, out var interval) ? interval : null;

    /// <summary><c>HH:mm</c> or <c>HH:mm:ss</c>.</summary>
    public static TimeSpan? ReadTimeOfDay(string text)
        => DateTime.TryParseExact(text, TimesOfDay, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var time) ? time.TimeOfDay : null;

    /// <summary>ISO 8601 with an offset, at most to the millisecond, as milliseconds since 1970.</summary>
    public static long? ReadInstant(string text)
        => HasOffset(text)
            && DateTimeOffset.TryParseExact(text, Instants, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            && instant.ToUnixTimeMilliseconds() is < EndOfTime and var milliseconds
            ? milliseconds
            : null;

    /// <summary>Without one, the compiler's time zone would decide.</summary>
    private static bool HasOffset(string text) => text.EndsWith("Z", StringComparison.Ordinal) || (text.Length > 6 && text[text.Length - 6] is '+' or '-');
}
