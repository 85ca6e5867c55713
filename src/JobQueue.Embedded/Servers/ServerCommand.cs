using JobQueue.Embedded.Locating;

namespace JobQueue.Embedded.Servers;

/// <summary>How one kind of server is configured and run.</summary>
internal static class ServerCommand
{
    /// <summary>Text of the configuration file. The password stands here and never among the arguments, which anyone on the machine can read.</summary>
    public static string Configuration(EmbeddedServerKind kind, ServerSettings settings) => kind == EmbeddedServerKind.Garnet
        ? GarnetConfiguration.Write(settings)
        : RedisConfiguration.Write(settings);

    public static IReadOnlyList<string> Arguments(ServerLocation location, ServerSettings settings, string configurationFile) =>
        location.Kind == EmbeddedServerKind.Garnet
            ? [.. location.LeadingArguments, .. GarnetConfiguration.Arguments(settings, configurationFile)]
            : [.. location.LeadingArguments, configurationFile];
}
