using System.Security.Cryptography;

namespace JobQueue.Embedded.Servers;

/// <summary>A password nobody chose: 256 random bits in hexadecimal, so that no file format or connection string needs to escape it.</summary>
internal static class ServerPassword
{
    private const int Bytes = 32;

    public static string Create() => RandomNumberGenerator.GetHexString(Bytes * 2, lowercase: true);
}
