using System.Buffers.Text;
using System.Text;

namespace JobQueue;

/// <summary>
/// What scripts send in the place of a record that is larger than any of ours can be (Redis/Scripts/shared/record.lua): its size, its SHA-1 and its
/// first bytes. It is handed on as the record's bytes are, and whoever reads it finds that it can't be read, and why.
/// </summary>
/// <param name="Size">The record's length in bytes.</param>
/// <param name="Sha1">In hex digits; by it the record can be replaced or deleted.</param>
/// <param name="Head">Its first 64 KiB.</param>
internal readonly record struct RecordStandIn(long Size, string Sha1, ReadOnlyMemory<byte> Head)
{
    /// <summary>
    /// As in record.lua: more than twice what a record can come to, of arguments and a result of 1 MiB each, 20 attempts with messages and stacks of
    /// 12,288 characters that are written in up to 6 bytes, and 64 KiB of raw bytes as base64.
    /// </summary>
    public const int MaxRecordBytes = 8 * 1024 * 1024;

    /// <summary>Begins no JSON.</summary>
    private const byte Mark = 1;

    private const int HexLength = 40;

    public static RecordStandIn? TryRead(ReadOnlyMemory<byte> bytes)
    {
        var text = bytes.Span;
        if (text.IsEmpty || text[0] != Mark || !Utf8Parser.TryParse(text[1..], out long size, out var digits))
        {
            return null;
        }

        var hash = digits + 2; // Behind the mark, the digits and a bar.
        var head = hash + HexLength + 1;
        return text.Length < head ? null : new RecordStandIn(size, Encoding.ASCII.GetString(text.Slice(hash, HexLength)), bytes[head..]);
    }

    /// <summary>The first bytes of a record, whether it was sent or this in its place.</summary>
    public static ReadOnlySpan<byte> HeadOf(ReadOnlyMemory<byte> bytes, int length)
    {
        var head = TryRead(bytes)?.Head ?? bytes;
        return head.Span[..Math.Min(head.Length, length)];
    }

    /// <summary>Why the record can't be read.</summary>
    public string Problem => Size > MaxRecordBytes
        ? $"it is {Size} bytes long, and no record of this library is longer than {MaxRecordBytes}"
        : "the record is not valid JSON of this schema: it begins with a control character";
}
