namespace JobQueue.Embedded;

/// <summary>Settings of <see cref="EmbeddedRedis"/>; the defaults need no change for development and tests.</summary>
/// <remarks>Read once, when the server starts. Not thread-safe for writing: set it up before.</remarks>
public sealed class EmbeddedRedisOptions
{
    private static readonly TimeSpan ShortestStartTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestStartTimeout = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A directory that keeps the data from one start to the next; it is created when it does not exist. Each kind of
    /// server keeps its files in a sub-directory of its own, and one server at a time can use it. Writes of the last
    /// second can be lost when the machine or the server is killed. Default: <see langword="null"/>, which keeps all
    /// data in memory and leaves no files.
    /// </summary>
    public string? DataDirectory { get; set; }

    /// <summary>
    /// Longest wait until the server answers, reading kept data included, 1 s to 10 min. A start usually takes less
    /// than a second. Default: 30 s.
    /// </summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The port to listen on, for tests that restart a server in place. Default: a free one.</summary>
    internal int? Port { get; set; }

    /// <summary>The password, for the same tests. Default: one that is made up.</summary>
    internal string? Password { get; set; }

    internal void Validate()
    {
        var problems = Problems().ToList();
        if (problems.Count > 0)
        {
            throw Errors.InvalidOptions(problems);
        }
    }

    private IEnumerable<string> Problems()
    {
        if (DataDirectory is not null)
        {
            if (string.IsNullOrWhiteSpace(DataDirectory))
            {
                yield return "DataDirectory is blank: give a directory, or null to keep the data in memory.";
            }
            else if (DataDirectory.Any(char.IsControl))
            {
                yield return $"DataDirectory '{Names.Shorten(Printable(DataDirectory))}' contains a control character, which a server's configuration cannot hold: give a path without it.";
            }
            else if (File.Exists(DataDirectory))
            {
                yield return $"DataDirectory '{DataDirectory}' is a file: give a directory, which is created when it does not exist.";
            }
        }

        if (StartTimeout < ShortestStartTimeout || StartTimeout > LongestStartTimeout)
        {
            yield return $"StartTimeout is {StartTimeout}: give 1 s to 10 min.";
        }
    }

    private static string Printable(string value) => string.Concat(value.Select(c => char.IsControl(c) ? '?' : c));
}
