using System.Net;
using System.Net.Sockets;

namespace JobQueue.Embedded;

/// <summary>
/// A real Redis-protocol server on loopback, for development, samples and tests: <c>redis-server</c> or
/// <c>valkey-server</c> from PATH, else Garnet from the NuGet package folder. It listens on 127.0.0.1 only, on a free port,
/// with a password made up for it.
/// </summary>
/// <remarks>
/// Dispose it to end the server; the exit of this process ends it too. A process that is killed (SIGKILL) can't: then the
/// server stays until somebody ends it. Safe to use from any thread.
/// </remarks>
public sealed class EmbeddedRedis : IAsyncDisposable
{
    private const int MaxTries = 5;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly ServerProcess _process;
    private int _disposed;

    private EmbeddedRedis(ServerProcess process, EmbeddedServerKind server, string connectionString)
    {
        _process = process;
        Server = server;
        ProcessId = process.Id;
        ConnectionString = connectionString;
    }

    /// <summary>Where the server is, with its password, in StackExchange.Redis syntax.</summary>
    public string ConnectionString { get; }

    /// <summary>Which program runs.</summary>
    public EmbeddedServerKind Server { get; }

    /// <summary>The id of the server's process.</summary>
    public int ProcessId { get; }

    /// <summary>Starts a server, and returns when it answers.</summary>
    /// <param name="options">Settings; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives the start up and ends what was started.</param>
    /// <returns>The running server.</returns>
    /// <exception cref="EmbeddedRedisException">No server program was found, a setting is wrong, or the server did not start.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static async Task<EmbeddedRedis> StartAsync(EmbeddedRedisOptions? options = null, CancellationToken cancellationToken = default)
    {
        var data = PrepareDataDirectory(options?.DataDirectory);
        var program = ServerLocator.OfProcess().Find(options?.Server);
        for (var tries = 1; ; tries++)
        {
            var settings = new ServerSettings(options?.Port ?? FindFreePort(), options?.Password ?? ServerSettings.NewPassword(), data);
            var process = ServerProcess.Start(program, settings);
            try
            {
                await WaitUntilUpAsync(program, process, settings, cancellationToken).ConfigureAwait(false);
                process.ForgetConfiguration();
                return new EmbeddedRedis(process, program.Kind, settings.ToConnectionString());
            }
            catch (EmbeddedRedisException) when (tries < MaxTries && process.HasExited && IsPortTaken(process.Output))
            {
                await EndAsync(process).ConfigureAwait(false); // Another process took the port between our look and the server's.
            }
            catch
            {
                await EndAsync(process).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Ends the server: asks it to stop, and ends it after 5 seconds. May be called more than once.</summary>
    /// <returns>A task that ends when the server's process has.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await EndAsync(_process).ConfigureAwait(false);
        }
    }

    private static async Task EndAsync(ServerProcess process)
    {
        await process.StopAsync().ConfigureAwait(false);
        process.Dispose();
    }

    private static string? PrepareDataDirectory(string? path)
    {
        if (path is null)
        {
            return null;
        }

        if (File.Exists(path))
        {
            throw Errors.DataDirectoryIsFile(path);
        }

        return Directory.CreateDirectory(path).FullName;
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsPortTaken(string output)
        => output.Contains("Address already in use", StringComparison.OrdinalIgnoreCase) || output.Contains("bind", StringComparison.OrdinalIgnoreCase);

    private static async Task WaitUntilUpAsync(
        ServerProgram program, ServerProcess process, ServerSettings settings, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StartLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (!await AnswersAsync(settings, either.Token).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (process.HasExited || limit.IsCancellationRequested)
            {
                throw Errors.DidNotStart(program.FileName, process.Output, cause: null);
            }

            await Task.Delay(LookInterval, TimeProvider.System, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Whether our server answers: only it knows the password, so another process on the port is not taken for it.</summary>
    private static async Task<bool> AnswersAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, settings.Port, cancellationToken).ConfigureAwait(false);
            var stream = client.GetStream();
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"*2\r\n$4\r\nAUTH\r\n${settings.Password.Length}\r\n{settings.Password}\r\n*1\r\n$4\r\nPING\r\n"), cancellationToken).ConfigureAwait(false);
            var reply = new byte[12];
            await stream.ReadExactlyAsync(reply, cancellationToken).ConfigureAwait(false);
            return reply.AsSpan().SequenceEqual("+OK\r\n+PONG\r\n"u8);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
