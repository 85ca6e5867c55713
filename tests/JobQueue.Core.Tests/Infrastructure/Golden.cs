using System.Runtime.CompilerServices;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>Compares with a file beside the test; JOBQUEUE_UPDATE_GOLDEN=1 writes it instead, and CI refuses that variable.</summary>
internal static class Golden
{
    public static void Verify(string actual, string fileName, [CallerFilePath] string testFile = "")
    {
        // A deterministic build maps paths; then the file is found from the repository.
        var folder = Path.GetDirectoryName(testFile)!;
        if (!Directory.Exists(folder))
        {
            var marker = Path.DirectorySeparatorChar + "tests" + Path.DirectorySeparatorChar;
            folder = Path.Combine(Repository.Root, folder[(folder.LastIndexOf(marker, StringComparison.Ordinal) + 1)..]);
        }

        Compare(actual, Path.Combine(folder, fileName));
    }

    /// <summary>The same for a page of the repository that is generated.</summary>
    public static void VerifyPage(string actual, params string[] path) => Compare(actual, Path.Combine([Repository.Root, .. path]));

    private static void Compare(string actual, string path)
    {
        if (Environment.GetEnvironmentVariable("JOBQUEUE_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        File.Exists(path).Should().BeTrue($"the golden file {path} exists");
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n');
        var lines = actual.ReplaceLineEndings("\n").Split('\n');
        var same = lines.Zip(expected).TakeWhile(static pair => pair.First == pair.Second).Count();
        (lines.ElementAtOrDefault(same) ?? "the end").Should().Be(
            expected.ElementAtOrDefault(same) ?? "the end", $"line {same + 1} of {path} says so; after a wanted change run this with JOBQUEUE_UPDATE_GOLDEN=1");
    }
}
