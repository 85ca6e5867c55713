using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace JobQueue.Embedded;

/// <summary>
/// What one server is started with. The password goes in by standard input or a private file, never on a command line,
/// where every user of the machine could read it.
/// </summary>
internal sealed record ServerSettings(int Port, string Password, string? DataDirectory)
{
    /// <summary>Hex digits, so that it needs no escaping in a connection string or a configuration file.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetHexString(40, lowercase: true);

    public string ToConnectionString()
        => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port},password={Password}");

    /// <summary>The configuration of redis-server and valkey-server, which they read from standard input.</summary>
    public string ToRedisConfiguration()
    {
        var persistence = DataDirectory is null
            ? "appendonly no"
            : $"appendonly yes\nappendfsync everysec\ndir \"{DataDirectory.Replace("\\", "\\\\", StringComparison.Ordinal)}\"";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"bind 127.0.0.1\nport {Port}\nrequirepass {Password}\nsave \"\"\nmaxmemory-policy noeviction\ndaemonize no\n{persistence}\n");
    }

    /// <summary>The configuration of Garnet, which it reads from a file.</summary>
    public string ToGarnetConfiguration()
    {
        var settings = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["Address"] = "127.0.0.1",
            ["Port"] = Port,
            ["AuthenticationMode"] = "Password",
            ["Password"] = Password,
            ["EnableLua"] = true,
            ["LuaTransactionMode"] = true,
        };
        if (DataDirectory is not null)
        {
            settings["EnableAOF"] = true;
            settings["Recover"] = true;
            settings["CheckpointDir"] = DataDirectory;
            settings["DeviceType"] = "RandomAccess"; // The default device is a native library that is not on every machine.
        }

        return JsonSerializer.Serialize(settings);
    }
}
