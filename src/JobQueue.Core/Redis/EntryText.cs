using System.Text;
using System.Text.Unicode;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// Texts of a store that may be damaged, without loss: a byte that is no UTF-8 becomes half a surrogate pair, which no UTF-8 holds,
/// and the same byte again when the text goes back. Otherwise what somebody else has written could be named but not removed.
/// </summary>
internal static class EntryText
{
    private const int StrayByte = 0xDC00;
    private const int ByteMask = 0xFF;

    public static string Read(byte[] bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        for (var rest = bytes.AsSpan(); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                length = 1;
                text.Append((char)(StrayByte | rest[0]));
            }

            rest = rest[length..];
        }

        return text.ToString();
    }

    public static RedisValue Write(string text)
    {
        if (IsWhole(text))
        {
            return text;
        }

        var bytes = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done)
            {
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            }
            else
            {
                bytes.Add((byte)(rest[0] & ByteMask));
            }

            rest = rest[length..];
        }

        return bytes.ToArray();
    }

    /// <summary>As it can be shown: every stray byte as the sign for what can't be read.</summary>
    public static string Show(string text) => IsWhole(text) ? text : string.Concat(text.EnumerateRunes());

    private static bool IsWhole(string text)
    {
        foreach (var c in text)
        {
            if (char.IsSurrogate(c))
            {
                return false;
            }
        }

        return true;
    }
}
