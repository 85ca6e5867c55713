using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;
using JobQueue.Core.Tests.Infrastructure;

[assembly: AssemblyFixture(typeof(JobQueue.Packages.Tests.PackageFeed))]

namespace JobQueue.Packages.Tests;

/// <summary>The packages as <c>dotnet pack</c> makes them of what is built, in a folder that serves as a feed.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    public static readonly IReadOnlyList<string> Names = ["JobQueue.AspNetCore", "JobQueue.Core", "JobQueue.Dashboard", "JobQueue.Embedded"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jobqueue-packages-");

    public string Folder => _folder.FullName;

    public string Version { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var configuration = typeof(PackageFeed).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        foreach (var name in Names)
        {
            var (exitCode, output) = await Command.RunAsync(
                Repository.Root, environment: null, "pack", Path.Combine("src", name), "--no-build", "--nologo", "-c", configuration, "-o", Folder);
            exitCode.Should().Be(0, "{0} is packed, and not: {1}", name, output);
        }

        Version = Path.GetFileNameWithoutExtension(Directory.GetFiles(Folder, "JobQueue.Core.*.nupkg").Single())["JobQueue.Core.".Length..];
    }

    public ZipArchive Open(string name, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(Folder, $"{name}.{Version}.{extension}"));

    /// <summary>What the package says of itself, without the names' namespace.</summary>
    public XElement Describe(string name)
    {
        using var package = Open(name);
        using var stream = package.GetEntry(name + ".nuspec")!.Open();
        var root = XElement.Load(stream);
        foreach (var element in root.DescendantsAndSelf())
        {
            element.Name = element.Name.LocalName;
        }

        return root.Element("metadata")!;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
