namespace JobQueue.Packages.Tests;

/// <summary>
/// A user's project: outside the solution, with the packages of the feed and a packages folder of its own. What the packages depend on comes from what the
/// machine has restored already, so that no other source is asked.
/// </summary>
internal sealed class ConsumerProject : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("jobqueue-consumer-");
    private readonly string _version;

    private ConsumerProject(string version)
    {
        _version = version;
        Packages = Path.Combine(_root.FullName, "packages");
    }

    /// <summary>The packages folder of its machine.</summary>
    public string Packages { get; }

    private string Folder => _root.FullName;

    private string ProjectFile => Path.Combine(Folder, "Consumer.csproj");

    public static async Task<ConsumerProject> CreateAsync(PackageFeed feed)
    {
        var project = new ConsumerProject(feed.Version);
        var source = Path.Combine(AppContext.BaseDirectory, "Consumer");
        File.Copy(Path.Combine(source, "Consumer.csproj.txt"), project.ProjectFile);
        File.Copy(Path.Combine(source, "Program.cs.txt"), Path.Combine(project.Folder, "Program.cs"));
        var (_, locals) = await Command.RunAsync(project.Folder, environment: null, "nuget", "locals", "global-packages", "--list");
        await File.WriteAllTextAsync(Path.Combine(project.Folder, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="{feed.Folder}" />
                <add key="machine" value="{locals[(locals.IndexOf(": ", StringComparison.Ordinal) + 2)..].Trim()}" />
              </packageSources>
            </configuration>
            """);
        return project;
    }

    public void AddItem(string line) => File.WriteAllText(
        ProjectFile, File.ReadAllText(ProjectFile).Replace("</Project>", $"  <ItemGroup>\n    {line}\n  </ItemGroup>\n\n</Project>", StringComparison.Ordinal));

    public async Task BuildAsync()
    {
        var (exitCode, output) = await Command.RunAsync(
            Folder, new Dictionary<string, string> { ["NUGET_PACKAGES"] = Packages }, "build", "--nologo", "-o", Path.Combine(Folder, "out"), $"-p:JobQueueVersion={_version}", "-p:UseSharedCompilation=false");
        exitCode.Should().Be(0, "a user's project builds, and not: {0}", output);
    }

    public Task<(int ExitCode, string Output)> RunAsync(IReadOnlyDictionary<string, string>? environment = null)
        => Command.RunAsync(Folder, environment, Path.Combine(Folder, "out", "Consumer.dll"));

    public void Dispose() => _root.Delete(recursive: true);
}
