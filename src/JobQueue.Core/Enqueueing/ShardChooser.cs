using System.Buffers;
using System.Text;

namespace JobQueue.Enqueueing;

/// <summary>Chooses the shard of a new job. Safe to use from any thread.</summary>
/// <param name="shards">How many there are to choose from.</param>
internal sealed class ShardChooser(int shards)
{
    private int _last = -1;

    /// <summary>Each in turn.</summary>
    public byte Next() => shards == 1 ? (byte)0 : (byte)((uint)Interlocked.Increment(ref _last) % (uint)shards);

    /// <summary>
    /// The same for the same key, in every process and version. When shards are added, a key keeps its own or moves to a new one; of n + 1, one key in n + 1
    /// moves. (Jump consistent hash: Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014, over the key's 64-bit FNV-1a.)
    /// </summary>
    public byte OfKey(string key)
    {
        var hash = Hash(key);
        long chosen = -1, next = 0;
        while (next < shards)
        {
            chosen = next;
            hash = unchecked((hash * 2862933555777941757) + 1);
            next = (long)((chosen + 1) * ((1L << 31) / (double)((hash >> 33) + 1)));
        }

        return (byte)chosen;
    }

    private static ulong Hash(string key)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(key.Length));
        var hash = 14695981039346656037;
        foreach (var each in bytes.AsSpan(0, Encoding.UTF8.GetBytes(key, bytes)))
        {
            hash = unchecked((hash ^ each) * 1099511628211);
        }

        ArrayPool<byte>.Shared.Return(bytes);
        return hash;
    }
}
