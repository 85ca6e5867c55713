namespace System.Numerics;

/// <summary>What the shared code needs and netstandard2.0 lacks.</summary>
internal static class BitOperations
{
    public static int TrailingZeroCount(ulong value)
    {
        var count = 0;
        for (; count < 64 && (value >> count & 1) == 0; count++)
        {
        }

        return count;
    }
}
