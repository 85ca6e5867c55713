namespace JobQueue.Embedded.Locating;

/// <summary>What the machine says about where servers are; a value, so that tests describe machines of their own.</summary>
internal sealed record ServerEnvironment(string? ForcedKind, IReadOnlyList<string> PathDirectories, string PackagesDirectory)
{
    public const string ForcedKindVariable = "JOBQUEUE_EMBEDDED";

    public static ServerEnvironment Read()
    {
        var forced = Environment.GetEnvironmentVariable(ForcedKindVariable);
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES");
        return new ServerEnvironment(
            string.IsNullOrWhiteSpace(forced) ? null : forced.Trim(),
            path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            string.IsNullOrWhiteSpace(packages)
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages")
                : packages);
    }

    public string? FindExecutable(string name)
    {
        var fileName = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return PathDirectories.Select(directory => Path.Combine(directory, fileName)).FirstOrDefault(IsExecutable);
    }

    public static bool IsExecutable(string path)
    {
        const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None);
    }
}
