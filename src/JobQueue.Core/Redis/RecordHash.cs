using System.Security.Cryptography;

namespace JobQueue.Redis;

/// <summary>The SHA-1 of a record's bytes, by which a script sees that they have not changed since they were read.</summary>
internal static class RecordHash
{
    public static string Of(byte[] record)
    {
        if (RecordStandIn.TryRead(record) is { } standIn)
        {
            return standIn.Sha1;
        }

#pragma warning disable CA5350 // A fingerprint of bytes that Redis can make too; nothing is protected by it.
        return Convert.ToHexStringLower(SHA1.HashData(record));
#pragma warning restore CA5350
    }
}
