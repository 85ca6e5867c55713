namespace JobQueue.Embedded;

/// <summary>Settings of a local server.</summary>
/// <remarks>Read once at start. Not thread-safe for writing.</remarks>
public sealed class EmbeddedRedisOptions
{
    /// <summary>
    /// Folder in which the data is kept, with append-only persistence (flushed once a second); created if missing. One
    /// server at a time may use it. Default: none, the data is gone with the server.
    /// </summary>
    public string? DataDirectory { get; set; }

    /// <summary>
    /// The program to run. Default: what the environment variable <c>JOBQUEUE_EMBEDDED</c> says (<c>redis</c>,
    /// <c>valkey</c> or <c>garnet</c>), else the first that is found, in that order.
    /// </summary>
    public EmbeddedServerKind? Server { get; set; }

    /// <summary>The port to listen on, for tests that restart a server in place. Default: a free one.</summary>
    internal int? Port { get; set; }

    /// <summary>The password, for the same tests. Default: one that is made up.</summary>
    internal string? Password { get; set; }
}
