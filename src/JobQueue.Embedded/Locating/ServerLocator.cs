namespace JobQueue.Embedded.Locating;

/// <summary>Finds the server to run: the installed ones first, because they need no restore, then the package.</summary>
internal static class ServerLocator
{
    public static ServerLocation Locate(ServerEnvironment environment)
    {
        EmbeddedServerKind[] kinds = environment.ForcedKind is { } forced ? [Parse(forced)] : Enum.GetValues<EmbeddedServerKind>();
        return kinds.Select(kind => Find(kind, environment)).FirstOrDefault(location => location is not null)
            ?? throw Errors.ServerNotFound([.. kinds.Select(kind => Describe(kind, environment))]);
    }

    public static ServerLocation? Find(EmbeddedServerKind kind, ServerEnvironment environment) => kind == EmbeddedServerKind.Garnet
        ? GarnetPackage.Find(environment)
        : environment.FindExecutable(ProgramName(kind)) is { } path ? new ServerLocation(kind, path, []) : null;

    // Names only: Enum.TryParse would also take "2".
    private static EmbeddedServerKind Parse(string value)
    {
        foreach (var kind in Enum.GetValues<EmbeddedServerKind>())
        {
            if (string.Equals(value, kind.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return kind;
            }
        }

        throw Errors.UnknownForcedKind(value);
    }

    private static string Describe(EmbeddedServerKind kind, ServerEnvironment environment) => kind == EmbeddedServerKind.Garnet
        ? $"the package {GarnetPackage.Name} in {environment.PackagesDirectory}"
        : $"{ProgramName(kind)} in PATH ({string.Join(Path.PathSeparator, environment.PathDirectories)})";

    private static string ProgramName(EmbeddedServerKind kind) => kind == EmbeddedServerKind.Valkey ? "valkey-server" : "redis-server";
}
