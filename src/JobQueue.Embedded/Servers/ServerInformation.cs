namespace JobQueue.Embedded.Servers;

/// <summary>What a server says about itself in <c>INFO server</c>.</summary>
internal static class ServerInformation
{
    // Valkey and Garnet also name the Redis version they are compatible with, so Redis comes last.
    private static readonly (string Field, EmbeddedServerKind Kind)[] Fields =
    [
        ("garnet_version:", EmbeddedServerKind.Garnet),
        ("valkey_version:", EmbeddedServerKind.Valkey),
        ("redis_version:", EmbeddedServerKind.Redis),
    ];

    /// <summary>The kind by what answers, not by the program's name: some systems install Valkey as <c>redis-server</c>.</summary>
    public static (EmbeddedServerKind Kind, string Version) Read(string information, EmbeddedServerKind located)
    {
        var lines = information.Split('\n', StringSplitOptions.TrimEntries);
        foreach (var (field, kind) in Fields)
        {
            if (lines.FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal)) is { } line)
            {
                return (kind, line[field.Length..]);
            }
        }

        return (located, "unknown");
    }
}
