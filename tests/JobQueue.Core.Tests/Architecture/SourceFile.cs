using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Architecture;

/// <summary>A C# file under src/, without its comments, so that rules look at code alone.</summary>
internal sealed record SourceFile(string Project, string Path, IReadOnlyList<string> Lines)
{
    /// <summary>The folder of its project that it lies in; empty at the root.</summary>
    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.IndexOf('/', StringComparison.Ordinal)] : "";

    public string Code { get; } = string.Join('\n', Lines.Select(static line => line.TrimStart()).Where(static line => !line.StartsWith("//", StringComparison.Ordinal)));

    public static IReadOnlyList<SourceFile> All { get; } = [.. Find()];

    public static IEnumerable<SourceFile> OfCore => All.Where(static file => file.Project == "JobQueue.Core");

    private static IEnumerable<SourceFile> Find()
    {
        var source = System.IO.Path.Combine(Repository.Root, "src");
        foreach (var path in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var parts = System.IO.Path.GetRelativePath(source, path).Split(System.IO.Path.DirectorySeparatorChar);
            if (parts[1] is not ("obj" or "bin"))
            {
                yield return new SourceFile(parts[0], string.Join('/', parts[1..]), File.ReadAllLines(path));
            }
        }
    }
}
