using System.Runtime.InteropServices;

namespace JobQueue.Embedded;

/// <summary>A server program that is there.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="FileName">The program to run.</param>
/// <param name="FirstArgument">The assembly, when the program is <c>dotnet</c>; else null.</param>
internal sealed record ServerProgram(EmbeddedServerKind Kind, string FileName, string? FirstArgument);

/// <summary>Finds a server: <c>redis-server</c> or <c>valkey-server</c> on PATH, else Garnet in the NuGet package folder.</summary>
internal sealed class ServerLocator(Func<string, string?> environment)
{
    public const string Variable = "JOBQUEUE_EMBEDDED";
    public const string GarnetVersion = "2.2.8";

    private readonly List<string> _lookedFor = [];

    public static ServerLocator OfProcess() => new(Environment.GetEnvironmentVariable);

    /// <summary>The program of the kind asked for, else of the kind that the environment forces, else the first that is there.</summary>
    public ServerProgram Find(EmbeddedServerKind? asked)
    {
        var kinds = (asked ?? Forced()) is { } only ? [only] : Enum.GetValues<EmbeddedServerKind>();
        foreach (var kind in kinds)
        {
            if (TryFind(kind) is { } program)
            {
                return program;
            }
        }

        throw Errors.NoServer(_lookedFor, GarnetVersion);
    }

    private EmbeddedServerKind? Forced() => environment(Variable)?.Trim().ToUpperInvariant() switch
    {
        null or "" => null,
        "REDIS" => EmbeddedServerKind.Redis,
        "VALKEY" => EmbeddedServerKind.Valkey,
        "GARNET" => EmbeddedServerKind.Garnet,
        _ => throw Errors.UnknownServer(environment(Variable)!),
    };

    private ServerProgram? TryFind(EmbeddedServerKind kind) => kind switch
    {
        EmbeddedServerKind.Redis => FindOnPath(kind, "redis-server"),
        EmbeddedServerKind.Valkey => FindOnPath(kind, "valkey-server"),
        _ => FindGarnet(),
    };

    private ServerProgram? FindOnPath(EmbeddedServerKind kind, string name)
    {
        _lookedFor.Add(name + " on PATH");
        var file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        foreach (var folder in (environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.Combine(folder, file);
            if (File.Exists(path))
            {
                return new ServerProgram(kind, path, FirstArgument: null);
            }
        }

        return null;
    }

    private ServerProgram? FindGarnet()
    {
        var home = environment(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") ?? "";
        var packages = environment("NUGET_PACKAGES") is { Length: > 0 } folder ? folder : Path.Combine(home, ".nuget", "packages");
        var root = Path.Combine(packages, "garnet-server");
        _lookedFor.Add($"Garnet (package garnet-server) in {root}");
        if (!Directory.Exists(root))
        {
            return null;
        }

        var versions = Directory.GetDirectories(root)
            .Select(static path => (Path: path, Version: Version.TryParse(Path.GetFileName(path), out var version) ? version : null))
            .Where(static found => found.Version is not null)
            .OrderByDescending(static found => found.Version);
        foreach (var (path, _) in versions)
        {
            if (FindGarnetIn(Path.Combine(path, "tools", "net10.0", "any")) is { } program)
            {
                return program;
            }
        }

        return null;
    }

    private static ServerProgram? FindGarnetIn(string tools)
    {
        var native = Path.Combine(tools, "linux-x64", "GarnetServer");
        if (OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && File.Exists(native))
        {
            return new ServerProgram(EmbeddedServerKind.Garnet, native, FirstArgument: null);
        }

        var portable = Path.Combine(tools, "portable", "GarnetServer.dll");
        return File.Exists(portable) ? new ServerProgram(EmbeddedServerKind.Garnet, "dotnet", portable) : null;
    }
}
