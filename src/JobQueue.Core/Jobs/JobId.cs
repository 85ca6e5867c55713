using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace JobQueue;

/// <summary>
/// Identifies a job: 32 hex digits. Ids made by the library are UUIDv7 (RFC 9562), so they sort by the time they were
/// made; their last byte names the shard that holds the job.
/// </summary>
/// <remarks>An immutable value; safe to use from any thread.</remarks>
public readonly struct JobId : IEquatable<JobId>, IComparable<JobId>
{
    private readonly Guid _value;

    private JobId(Guid value) => _value = value;

    /// <summary>Whether this is the default value, which names no job.</summary>
    public bool IsEmpty => _value == Guid.Empty;

    internal byte Shard
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            _value.TryWriteBytes(bytes, bigEndian: true, out _);
            return bytes[15];
        }
    }

    /// <summary>When it was made, in Unix milliseconds, if it is a UUIDv7.</summary>
    internal long? Time
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            _value.TryWriteBytes(bytes, bigEndian: true, out _);
            return bytes[6] >> 4 == 7 ? (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16) : null;
        }
    }

    /// <summary>
    /// Makes an id from a key of the caller's own, such as an order number: the same key gives the same id, so a job
    /// that is enqueued twice under it exists once. The id is a UUIDv8 (RFC 9562) over the key's SHA-256.
    /// </summary>
    /// <param name="key">Any text that is not empty.</param>
    /// <returns>The id of that key.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is null or empty.</exception>
    public static JobId FromKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return FromBytes(hash[..16], version: 8);
    }

    /// <summary>
    /// Makes an id from a GUID of the caller's own. The last byte becomes the shard's, so the id's last two digits
    /// differ from the GUID's.
    /// </summary>
    /// <param name="value">A GUID that is not empty.</param>
    /// <returns>The id of that GUID.</returns>
    /// <exception cref="ArgumentException"><paramref name="value"/> is empty.</exception>
    public static JobId FromGuid(Guid value)
    {
        if (value == Guid.Empty)
        {
            throw new ArgumentException("An empty GUID names no job: pass one that was made for this job, or use JobId.FromKey.", nameof(value));
        }

        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[15] = 0;
        return new JobId(new Guid(bytes, bigEndian: true));
    }

    /// <summary>Reads an id: 32 hex digits, or a UUID with hyphens.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is neither.</exception>
    public static JobId Parse(string text)
        => TryParse(text, out var id)
            ? id
            : throw new FormatException($"'{Names.Shorten(text)}' is not a job id: a job id is 32 hex digits, or a UUID with hyphens.");

    /// <summary>Reads an id: 32 hex digits, or a UUID with hyphens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The id, or the default.</param>
    /// <returns>Whether the text was an id.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out JobId id)
    {
        var parsed = Guid.TryParseExact(text, "N", out var value) || Guid.TryParseExact(text, "D", out value);
        id = parsed ? new JobId(value) : default;
        return parsed && value != Guid.Empty;
    }

    /// <summary>Reads an id as it is stored.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> utf8, out JobId id)
    {
        var parsed = Utf8Parser.TryParse(utf8, out Guid value, out var length, 'N') && length == utf8.Length;
        id = parsed ? new JobId(value) : default;
        return parsed && value != Guid.Empty;
    }

    /// <summary>A new UUIDv7 of this instant, on the given shard.</summary>
    internal static JobId New(DateTimeOffset now, byte shard = 0)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomBytes.Take(bytes[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(now.ToUnixTimeMilliseconds() >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)now.ToUnixTimeMilliseconds());
        return FromBytes(bytes, version: 7, shard);
    }

    /// <summary>The same id on another shard.</summary>
    internal JobId OnShard(byte shard)
    {
        Span<byte> bytes = stackalloc byte[16];
        _value.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[15] = shard;
        return new JobId(new Guid(bytes, bigEndian: true));
    }

    private static JobId FromBytes(Span<byte> bytes, byte version, byte shard = 0)
    {
        bytes[6] = (byte)((bytes[6] & 0x0F) | (version << 4));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        bytes[15] = shard;
        return new JobId(new Guid(bytes, bigEndian: true));
    }

    /// <summary>The 32 lower-case hex digits.</summary>
    /// <returns>The text that <see cref="Parse"/> reads.</returns>
    public override string ToString() => _value.ToString("N");

    /// <summary>The text of <see cref="ToString"/> as it is stored: what is sent with many jobs is not made a string first.</summary>
    internal byte[] ToUtf8()
    {
        var text = new byte[32];
        _value.TryFormat(text, out _, "N");
        return text;
    }

    /// <inheritdoc />
    public bool Equals(JobId other) => _value == other._value;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is JobId other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => _value.GetHashCode();

    /// <inheritdoc />
    public int CompareTo(JobId other)
    {
        Span<byte> left = stackalloc byte[16];
        Span<byte> right = stackalloc byte[16];
        _value.TryWriteBytes(left, bigEndian: true, out _);
        other._value.TryWriteBytes(right, bigEndian: true, out _);
        return left.SequenceCompareTo(right);
    }

    /// <summary>Whether both name the same job.</summary>
    public static bool operator ==(JobId left, JobId right) => left.Equals(right);

    /// <summary>Whether they name different jobs.</summary>
    public static bool operator !=(JobId left, JobId right) => !left.Equals(right);

    /// <summary>Compares by the digits, for ids made by the library by their time.</summary>
    public static bool operator <(JobId left, JobId right) => left.CompareTo(right) < 0;

    /// <summary>Compares by the digits, for ids made by the library by their time.</summary>
    public static bool operator <=(JobId left, JobId right) => left.CompareTo(right) <= 0;

    /// <summary>Compares by the digits, for ids made by the library by their time.</summary>
    public static bool operator >(JobId left, JobId right) => left.CompareTo(right) > 0;

    /// <summary>Compares by the digits, for ids made by the library by their time.</summary>
    public static bool operator >=(JobId left, JobId right) => left.CompareTo(right) >= 0;
}
