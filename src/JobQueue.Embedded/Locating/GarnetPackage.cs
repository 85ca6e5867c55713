using System.Globalization;
using System.Runtime.InteropServices;

namespace JobQueue.Embedded.Locating;

/// <summary>Finds Garnet in the NuGet packages folder, where <c>PackageDownload</c> puts it.</summary>
internal static class GarnetPackage
{
    public const string Name = "garnet-server";

    private const int OldestRuntime = 8;

    public static ServerLocation? Find(ServerEnvironment environment)
    {
        var package = new DirectoryInfo(Path.Combine(environment.PackagesDirectory, Name));
        return !package.Exists
            ? null
            : package.EnumerateDirectories()
                .OrderByDescending(directory => directory.Name, PackageVersionComparer.Instance)
                .SelectMany(directory => RuntimeDirectories(directory.FullName))
                .Select(directory => Native(directory) ?? Portable(directory, environment))
                .FirstOrDefault(location => location is not null);
    }

    /// <summary>The build that runs anywhere .NET does.</summary>
    public static ServerLocation? Portable(string runtimeDirectory, ServerEnvironment environment)
    {
        var assembly = Path.Combine(runtimeDirectory, "portable", "GarnetServer.dll");
        return File.Exists(assembly) && FindDotnet(environment) is { } dotnet
            ? new ServerLocation(EmbeddedServerKind.Garnet, dotnet, [assembly])
            : null;
    }

    public static IEnumerable<string> RuntimeDirectories(string packageDirectory)
    {
        for (var major = Environment.Version.Major; major >= OldestRuntime; major--)
        {
            var directory = Path.Combine(packageDirectory, "tools", string.Create(CultureInfo.InvariantCulture, $"net{major}.0"), "any");
            if (Directory.Exists(directory))
            {
                yield return directory;
            }
        }
    }

    private static ServerLocation? Native(string runtimeDirectory)
    {
        // The native build is linked with glibc; a musl system such as Alpine takes the portable one.
        var runs = OperatingSystem.IsLinux()
            && RuntimeInformation.OSArchitecture == Architecture.X64
            && !RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);
        var program = Path.Combine(runtimeDirectory, "linux-x64", "GarnetServer");
        return runs && ServerEnvironment.IsExecutable(program) ? new ServerLocation(EmbeddedServerKind.Garnet, program, []) : null;
    }

    private static string? FindDotnet(ServerEnvironment environment)
    {
        // The runtime of this process lies in <root>/shared/Microsoft.NETCore.App/<version>/, with dotnet in the root:
        // the one host that surely can run what this process runs. A self-contained process has none there.
        var root = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..");
        var beside = Path.GetFullPath(Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        return ServerEnvironment.IsExecutable(beside) ? beside : environment.FindExecutable("dotnet");
    }
}
