using System.Globalization;
using System.Text;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>As much of Redis's protocol as it takes to tell commands and replies apart in a stream of bytes.</summary>
internal static class Resp
{
    /// <summary>The length of the first whole value, or -1 while it is not all there.</summary>
    public static int Measure(ReadOnlySpan<byte> bytes)
    {
        var line = LineLength(bytes);
        if (line < 0)
        {
            return -1;
        }

        return (char)bytes[0] switch
        {
            '$' => MeasureBulk(bytes, line),
            '*' => MeasureArray(bytes, line),
            _ => line,
        };
    }

    /// <summary>The first two words of a command: its name in upper case, and for EVALSHA the script's hash.</summary>
    public static (string Name, string First) ReadCommand(ReadOnlySpan<byte> command)
    {
        var words = ReadCount(command);
        var rest = command[LineLength(command)..];
        var name = ReadBulk(ref rest).ToUpperInvariant();
        return (name, words > 1 ? ReadBulk(ref rest) : "");
    }

    private static int MeasureBulk(ReadOnlySpan<byte> bytes, int line)
    {
        var length = ReadCount(bytes);
        var all = length < 0 ? line : line + length + 2;
        return bytes.Length < all ? -1 : all;
    }

    private static int MeasureArray(ReadOnlySpan<byte> bytes, int line)
    {
        var at = line;
        for (var left = ReadCount(bytes); left > 0; left--)
        {
            var item = Measure(bytes[at..]);
            if (item < 0)
            {
                return -1;
            }

            at += item;
        }

        return at;
    }

    /// <summary>With its ending; -1 while that is not there.</summary>
    private static int LineLength(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n"u8);
        return end < 0 ? -1 : end + 2;
    }

    private static int ReadCount(ReadOnlySpan<byte> bytes)
        => int.Parse(bytes[1..(LineLength(bytes) - 2)], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static string ReadBulk(ref ReadOnlySpan<byte> bytes)
    {
        var (start, length) = (LineLength(bytes), ReadCount(bytes));
        var text = Encoding.UTF8.GetString(bytes.Slice(start, length));
        bytes = bytes[(start + length + 2)..];
        return text;
    }
}
