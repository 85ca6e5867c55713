using System.Globalization;
using JobQueue.Redis;

namespace JobQueue.DeadLetters;

/// <summary>
/// The cursors of dead letters. Of a list: <c>&lt;died ms&gt;-&lt;id&gt;</c>, its last job. Of a call for many: <c>&lt;until ms&gt;</c>, when the
/// first call began; and where a call leaves jobs behind, which must not be met again, the last job behind it. Calls that have come to another shard than the
/// first have its number and <c>!</c> in front.
/// </summary>
internal static class DeadLetterCursor
{
    public static string Format(DeadPosition position) => string.Create(CultureInfo.InvariantCulture, $"{position.DiedAt}-{position.Id}");

    public static string Format(long until) => until.ToString(CultureInfo.InvariantCulture);

    public static string Format(long until, DeadPosition position) => string.Create(CultureInfo.InvariantCulture, $"{until}-{Format(position)}");

    /// <returns>Null when it is not a position.</returns>
    public static DeadPosition? ParsePosition(ReadOnlySpan<char> cursor)
    {
        var dash = cursor.IndexOf('-');
        return dash > 0 && ParseTime(cursor[..dash]) is { } diedAt && JobId.TryParse(cursor[(dash + 1)..].ToString(), out var id)
            ? new DeadPosition(diedAt, id.ToString())
            : null;
    }

    /// <returns>Null when it is not a time.</returns>
    public static long? ParseTime(ReadOnlySpan<char> cursor)
        => long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? ms : null;

    public static string OnShard(int shard, string cursor) => shard == 0 ? cursor : string.Create(CultureInfo.InvariantCulture, $"{shard}!{cursor}");

    /// <returns>The shard, and the cursor there. What is no number is a shard that does not exist.</returns>
    public static (int Shard, string? Cursor) ParseShard(string? cursor)
        => cursor?.IndexOf('!', StringComparison.Ordinal) is not (>= 0 and var mark) ? (0, cursor)
            : (int.TryParse(cursor.AsSpan(0, mark), NumberStyles.None, CultureInfo.InvariantCulture, out var shard) ? shard : int.MaxValue, cursor[(mark + 1)..]);

    /// <returns>Null when it is not a time, with a position or without.</returns>
    public static (long Until, DeadPosition? Position)? ParseTimeAndPosition(ReadOnlySpan<char> cursor)
    {
        var dash = cursor.IndexOf('-');
        return dash < 0 && ParseTime(cursor) is { } start ? (start, null) : dash > 0 && ParseTime(cursor[..dash]) is { } until && ParsePosition(cursor[(dash + 1)..]) is { } position
            ? (until, position)
            : null;
    }
}
