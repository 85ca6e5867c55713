using System.Globalization;

namespace JobQueue.Embedded.Servers;

/// <summary>The configuration file of Redis and Valkey.</summary>
internal static class RedisConfiguration
{
    public static string Write(ServerSettings settings)
    {
        var kept = settings.DataDirectory is not null;
        string[] lines =
        [
            "bind 127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port {settings.Port}"),
            $"requirepass {settings.Password}",
            "daemonize no",
            "logfile \"\"",
            // The server reads dump.rdb from its directory even when it saves none: an empty one of its own keeps it
            // from loading what another program left there.
            $"dir {Quote(settings.DataDirectory ?? settings.PrivateDirectory)}",
            "save \"\"",
            kept ? "appendonly yes" : "appendonly no",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
        ];
        return string.Join('\n', lines) + "\n";
    }

    private static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
