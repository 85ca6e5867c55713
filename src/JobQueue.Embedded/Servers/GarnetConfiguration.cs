using System.Globalization;
using System.Text.Json.Nodes;

namespace JobQueue.Embedded.Servers;

/// <summary>Garnet's arguments, and its configuration file for what must not be among them.</summary>
internal static class GarnetConfiguration
{
    public static IReadOnlyList<string> Arguments(ServerSettings settings, string configurationFile) =>
    [
        "--config-import-path", configurationFile,
        "--lua", "--lua-transaction-mode",
        "--bind", "127.0.0.1",
        "--port", settings.Port.ToString(CultureInfo.InvariantCulture),
    ];

    public static string Write(ServerSettings settings)
    {
        var configuration = new JsonObject
        {
            ["AuthenticationMode"] = "Password",
            ["Password"] = settings.Password,
            ["QuietMode"] = true,
            // A bound, not a reservation: beyond it Garnet drops the oldest records without an error (measured), so it
            // is far above what development needs. The index is reserved, and its default is 128 MiB.
            ["LogMemorySize"] = "4g",
            ["IndexMemorySize"] = "16m",
        };
        if (settings.DataDirectory is not null)
        {
            configuration["CheckpointDir"] = settings.DataDirectory;
            configuration["EnableAOF"] = true;
            configuration["Recover"] = true;
            configuration["FailOnRecoveryError"] = true;
            configuration["CommitFrequencyMs"] = 100;
            // Past this size a checkpoint replaces the log, which would otherwise grow for ever.
            configuration["AofSizeLimit"] = "256m";
            // The default device loads a native library that the packages do not ship where it is looked for, and
            // ends the process at the first write (measured with 2.2.8).
            configuration["DeviceType"] = "RandomAccess";
        }

        return configuration.ToJsonString();
    }
}
