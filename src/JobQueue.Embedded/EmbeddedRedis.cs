using JobQueue.Embedded.Locating;
using JobQueue.Embedded.Servers;

namespace JobQueue.Embedded;

/// <summary>
/// A real Redis-protocol server that runs as a child process for as long as this object lives: for development, samples
/// and tests. It listens on a free port of 127.0.0.1 only, under a password it makes up.
/// </summary>
/// <remarks>
/// <para>Takes <c>redis-server</c> from the <c>PATH</c>, else <c>valkey-server</c>, else Garnet from the NuGet packages
/// folder. The environment variable <c>JOBQUEUE_EMBEDDED</c> (<c>redis</c>, <c>valkey</c> or <c>garnet</c>) forces one.</para>
/// <para>The server ends when this object is disposed, when the process exits without that, and, except on Windows, when
/// the process is killed: a small watch notices and ends the server. On Windows a killed process leaves it behind, as
/// <c>GarnetServer</c> or <c>dotnet</c> with <c>GarnetServer.dll</c>, and it has to be ended by hand.</para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed class EmbeddedRedis : IAsyncDisposable
{
    private readonly ServerInstance _instance;

    private EmbeddedRedis(ServerInstance instance) => _instance = instance;

    /// <summary>
    /// Where the server is, with its password, in StackExchange.Redis syntax:
    /// <c>127.0.0.1:port,password=...,abortConnect=false</c>. Treat it as a secret.
    /// </summary>
    public string ConnectionString => _instance.ConnectionString;

    /// <summary>The kind of server that runs, as it names itself.</summary>
    public EmbeddedServerKind Server => _instance.Kind;

    /// <summary>The server's own version, for example <c>7.0.15</c>.</summary>
    public string Version => _instance.Version;

    /// <summary>The operating system's id of the server's process.</summary>
    public int ProcessId { get; private init; }

    internal int Port => _instance.Port;

    internal bool KeepsData => _instance.KeepsData;

    internal string WorkingDirectory => _instance.WorkingDirectory;

    /// <summary>Starts a server and waits until it answers, usually for less than a second.</summary>
    /// <param name="options">Settings; <see langword="null"/> for the defaults, which keep all data in memory.</param>
    /// <param name="cancellationToken">Ends the wait; what was started is ended too.</param>
    /// <returns>The running server. Dispose it to end the server.</returns>
    /// <exception cref="EmbeddedRedisException">No server was found, the options cannot be used, or the server did not start.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired first.</exception>
    /// <remarks>Can be called many times, also at the same time: each call starts a server of its own.</remarks>
    public static Task<EmbeddedRedis> StartAsync(EmbeddedRedisOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync(options ?? new EmbeddedRedisOptions(), ServerEnvironment.Read(), () => options?.Port ?? FreePort.Find(), cancellationToken);

    internal static async Task<EmbeddedRedis> StartAsync(
        EmbeddedRedisOptions options, ServerEnvironment environment, Func<int> findPort, CancellationToken cancellationToken)
    {
        var instance = await ServerStarter.StartAsync(options, environment, findPort, cancellationToken).ConfigureAwait(false);
        return new EmbeddedRedis(instance) { ProcessId = instance.Process.Id };
    }

    /// <summary>
    /// Ends the server: asks it to finish its writes and close, then, after 5 s, kills it. Its process is gone when this
    /// returns. Never throws; later calls wait for the first.
    /// </summary>
    /// <returns>The end of the server.</returns>
    public ValueTask DisposeAsync() => _instance.DisposeAsync();

    /// <summary>Names the server, its address and its process; the password is left out.</summary>
    /// <returns>For example <c>Redis 7.0.15 on 127.0.0.1:41234 (process 1234)</c>.</returns>
    public override string ToString() => $"{Server} {Version} on 127.0.0.1:{Port} (process {ProcessId})";
}
