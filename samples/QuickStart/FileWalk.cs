using JobQueue;

namespace QuickStart;

/// <summary>Makes one job a file, and some for files that do not exist.</summary>
internal static class FileWalk
{
    private const int MaxFiles = 5_000;
    private const long SmallFile = 4 * 1024;

    private static readonly string[] Handlers = ["hash_file", "count_words", "gzip_size"];
    private static readonly HashSet<string> TextEndings =
        new(StringComparer.OrdinalIgnoreCase) { ".cs", ".md", ".lua", ".txt", ".json", ".xml", ".csproj", ".props", ".config", ".sln" };

    private static readonly EnumerationOptions Options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    public static IEnumerable<JobRequest> JobsFor(string folder)
    {
        var next = 0;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", Options).Where(IsSource).Take(MaxFiles))
        {
            var name = Handlers[next++ % Handlers.Length];
            if (name == "count_words" && !TextEndings.Contains(file.Extension))
            {
                name = "hash_file";
            }

            yield return new JobRequest(name, new FileJob(file.FullName))
            {
                Options = { Priority = file.Length <= SmallFile ? JobPriority.High : JobPriority.Normal },
            };
        }
    }

    public static IEnumerable<JobRequest> JobsForMissing(IEnumerable<string> paths)
        => paths.Select(static path => new JobRequest("hash_file", new FileJob(path)) { Options = { MaxRetries = 1 } });

    private static bool IsSource(FileInfo file)
        => !file.FullName.Split(Path.DirectorySeparatorChar).Any(static part => part is ".git" or "bin" or "obj" or "node_modules");
}
