using System.Security.Cryptography;

namespace JobQueue;

/// <summary>
/// Random bytes of the operating system's generator, fetched for many ids at a time: asking it for each costs as much as all the rest of an id. Safe to use
/// from any thread; each has its own.
/// </summary>
internal static class RandomBytes
{
    private const int Size = 1024;

    [ThreadStatic]
    private static byte[]? _bytes;

    [ThreadStatic]
    private static int _left;

    /// <summary>Fills it with bytes that nobody else gets.</summary>
    public static void Take(Span<byte> target)
    {
        var bytes = _bytes ??= new byte[Size];
        if (_left < target.Length)
        {
            RandomNumberGenerator.Fill(bytes);
            _left = Size;
        }

        var taken = bytes.AsSpan(Size - _left, target.Length);
        taken.CopyTo(target);
        taken.Clear();
        _left -= target.Length;
    }
}
