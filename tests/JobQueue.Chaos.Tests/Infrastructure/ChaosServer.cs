using System.Diagnostics;
using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Embedded;
using JobQueue.Embedded.Servers;
using StackExchange.Redis;

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>When an append-only file reaches the disk: before the reply, or within about a second.</summary>
internal enum Fsync
{
    Always,
    EverySec,
}

/// <summary>
/// A server of the test's own that it can kill, restart in place and freeze: redis-server or valkey-server with an append-only
/// file. <c>JOBQUEUE_TEST_SERVER=garnet</c>, or no such program on the PATH, makes it Garnet, which can be frozen but not restarted.
/// Where there is none, the test is skipped.
/// </summary>
internal sealed class ChaosServer : IAsyncDisposable
{
    private const string Variable = "JOBQUEUE_TEST_SERVER";

    private readonly PrivateDirectory? _directory;
    private readonly EmbeddedRedis? _garnet;
    private readonly string? _program;
    private readonly string _configuration = "";
    private Process? _process;
    private bool _isFrozen;
    private HostWatch? _watch;
    private ConnectionMultiplexer? _connection;

    private ChaosServer(EmbeddedRedis garnet)
    {
        _garnet = garnet;
        ConnectionString = garnet.ConnectionString;
    }

    private ChaosServer(string program, Fsync fsync, IEnumerable<string> configuration)
    {
        var (port, password) = (ServerPort.Find(), ServerPassword.Create());
        _program = program;
        _directory = new PrivateDirectory();
        ConnectionString = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port},password={password},abortConnect=false");
        _configuration = string.Join('\n', [
            "bind 127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port {port}"),
            $"requirepass {password}",
            $"dir {_directory.FullPath}",
            "logfile \"\"",
            "save \"\"",
            "appendonly yes",
            fsync == Fsync.Always ? "appendfsync always" : "appendfsync everysec",
            "maxmemory-policy noeviction",
            .. configuration]);
    }

    /// <summary>Where it is, with its password; the same after a restart.</summary>
    public string ConnectionString { get; }

    public bool IsGarnet => _garnet is not null;

    public int ProcessId => _garnet?.ProcessId ?? _process!.Id;

    /// <summary>A connection for looking; it outlives a restart.</summary>
    public IConnectionMultiplexer Connection => _connection!;

    public IDatabase Database => Connection.GetDatabase();

    /// <param name="fsync">Of the append-only file.</param>
    /// <param name="configuration">More lines of the configuration file. Garnet does not read them.</param>
    public static async Task<ChaosServer> StartAsync(Fsync fsync = Fsync.Always, params string[] configuration)
    {
        var isGarnetWished = string.Equals(Environment.GetEnvironmentVariable(Variable), "garnet", StringComparison.OrdinalIgnoreCase);
        return await StartAsync(isGarnetWished ? null : FindProgram(), fsync, configuration);
    }

    /// <summary>A server that is not the one under test: the fastest there is, whatever is wished for.</summary>
    public static Task<ChaosServer> StartToolAsync() => StartAsync(FindProgram(), Fsync.EverySec, []);

    private static async Task<ChaosServer> StartAsync(string? program, Fsync fsync, string[] configuration)
    {
        var server = program is null ? await StartGarnetAsync() : new ChaosServer(program, fsync, configuration);
        if (!server.IsGarnet)
        {
            await server.LaunchAsync();
        }

        server._connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",syncTimeout=30000,allowAdmin=true");
        return server;
    }

    /// <summary>Skips the test on a server that loses everything when it is killed.</summary>
    public void NeedsRestart() => Assert.SkipWhen(IsGarnet, "Garnet is started without a log of its writes: a kill would lose all of them.");

    /// <summary>SIGKILL, as the end of the machine would be but for what the system still writes to its disk.</summary>
    public void Kill()
    {
        NeedsRestart();
        _process!.Kill();
        _process.WaitForExit();
        Forget();
    }

    /// <summary>The part of the append-only file that is being written.</summary>
    public FileInfo FindAppendOnlyFile()
        => new DirectoryInfo(Path.Combine(_directory!.FullPath, "appendonlydir")).GetFiles("*.incr.aof").MaxBy(static file => file.LastWriteTimeUtc)!;

    /// <summary>Starts it again in place, on what it had written, and waits until it answers.</summary>
    public Task RestartAsync() => LaunchAsync();

    /// <summary>SIGSTOP: connections stay and nothing is answered.</summary>
    public void Freeze()
    {
        Signals.Freeze(ProcessId);
        _isFrozen = true;
    }

    /// <summary>SIGCONT: it goes on with what has come meanwhile.</summary>
    public void Thaw()
    {
        Signals.Thaw(ProcessId);
        _isFrozen = false;
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.CloseAsync();
            _connection.Dispose();
        }

        if (_isFrozen)
        {
            Thaw();
        }

        if (_garnet is not null)
        {
            await _garnet.DisposeAsync();
        }

        if (_process is not null)
        {
            Kill();
        }

        _directory?.Dispose();
    }

    private static async Task<ChaosServer> StartGarnetAsync()
    {
        try
        {
            Environment.SetEnvironmentVariable("JOBQUEUE_EMBEDDED", "garnet");
            return new ChaosServer(await EmbeddedRedis.StartAsync());
        }
        catch (EmbeddedRedisException e)
        {
            Assert.Skip($"No server to break (see {Variable}): {e.Message}");
            throw;
        }
    }

    private static string? FindProgram() => Find("redis-server") ?? Find("valkey-server");

    private static string? Find(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private async Task LaunchAsync()
    {
        // The configuration comes by the pipe, so that the password is in no file and on no command line.
        var start = new ProcessStartInfo(_program!, ["-"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _watch = HostWatch.Start(_process.Id, _directory!, session: null);
        await _process.StandardInput.WriteAsync(_configuration);
        _process.StandardInput.Close();
        await AnswersAsync();
    }

    private async Task AnswersAsync()
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(ConnectionString);
        await Condition.HoldsAsync(
            async () =>
            {
                try
                {
                    await connection.GetDatabase().PingAsync();
                    return true;
                }
                catch (Exception e) when (e is RedisException or TimeoutException)
                {
                    _process!.HasExited.Should().BeFalse("the server has started");
                    return false;
                }
            },
            "the server answers");
    }

    private void Forget()
    {
        _watch?.Release();
        _process?.Dispose();
        (_process, _watch) = (null, null);
    }
}
