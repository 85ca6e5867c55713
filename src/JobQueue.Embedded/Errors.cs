namespace JobQueue.Embedded;

/// <summary>Every error of this assembly: what happened, why, what to do. Each text is pinned by a test.</summary>
internal static class Errors
{
    public static EmbeddedRedisException NoServer(IEnumerable<string> lookedFor, string garnetVersion) => new(
        "JQ5001",
        "No Redis-protocol server was found. Looked for: " + string.Join("; ", lookedFor)
        + ". Install one (Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis), or add Garnet to the project that is restored on this machine: "
        + $"<ItemGroup><PackageDownload Include=\"garnet-server\" Version=\"[{garnetVersion}]\" /></ItemGroup>");

    public static EmbeddedRedisException UnknownServer(string value) => new(
        "JQ5002",
        $"The environment variable {ServerLocator.Variable} is '{value}', which is no known server. Set it to redis, valkey or garnet, or unset it.");

    public static EmbeddedRedisException DataDirectoryIsFile(string path) => new(
        "JQ5003",
        $"EmbeddedRedisOptions.DataDirectory '{path}' is a file. Name a folder; it is created if it is missing.");

    public static EmbeddedRedisException DidNotStart(string program, string output, Exception? cause) => new(
        "JQ5004",
        $"The server '{program}' did not start. Its last output: {(output.Length == 0 ? "(none)" : output)}",
        cause);
}
