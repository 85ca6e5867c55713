using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using JobQueue.Embedded.Servers;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// One process of several that replicate, fail over or share slots: redis-server, which a test kills, restarts in place, freezes and thaws. It keeps
/// everything in memory unless its configuration says otherwise, and ends with this process, also when that is killed.
/// </summary>
internal sealed class RedisNode : IAsyncDisposable
{
    private const string Program = "redis-server";

    private readonly PrivateDirectory _directory = new();
    private readonly string _password;
    private readonly string _configuration;
    private readonly string? _file;
    private Process? _process;
    private HostWatch? _watch;
    private volatile string? _lastLine;

    private RedisNode(IPEndPoint endPoint, string password, IEnumerable<string> configuration, string? file)
    {
        EndPoint = endPoint;
        _password = password;
        _configuration = string.Join('\n', [
            "bind 127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port {endPoint.Port}"),
            $"requirepass {password}",
            $"dir {_directory.FullPath}",
            "logfile \"\"",
            .. configuration]) + '\n';
        _file = file is null ? null : Path.Combine(_directory.FullPath, file);
    }

    public IPEndPoint EndPoint { get; }

    public string Port => EndPoint.Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether it runs, frozen or not.</summary>
    public bool IsRunning => _process is not null;

    /// <summary>Whether it answers nothing.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>A server of data. Skips the test where there is no program.</summary>
    /// <param name="password">Of the server, and for its master.</param>
    /// <param name="configuration">More lines of its configuration.</param>
    public static Task<RedisNode> StartAsync(string password, params IEnumerable<string> configuration) => StartAsync(password, ServerPort.Find(), configuration);

    /// <summary>A server of data at a port.</summary>
    /// <param name="password">Of the server, and for its master.</param>
    /// <param name="port">One that is free.</param>
    /// <param name="configuration">More lines of its configuration.</param>
    public static Task<RedisNode> StartAsync(string password, int port, params IEnumerable<string> configuration) => StartAsync(new RedisNode(
        new IPEndPoint(IPAddress.Loopback, port),
        password,
        ["save \"\"", $"masterauth {password}", "maxmemory-policy noeviction", "repl-diskless-sync-delay 0", .. configuration],
        file: null));

    /// <summary>A sentinel, which writes what it learns into its configuration file.</summary>
    public static Task<RedisNode> StartSentinelAsync(string password, params IEnumerable<string> configuration)
        => StartAsync(new RedisNode(new IPEndPoint(IPAddress.Loopback, ServerPort.Find()), password, configuration, "sentinel.conf"));

    /// <summary>Sends it a command, over a connection that lives as long. A sentinel ends the connections of a server that it makes a replica: then it is sent again.</summary>
    public async Task<string> SendAsync(params string[] command)
    {
        try
        {
            return await SendOnceAsync(command);
        }
        catch (IOException) when (IsRunning)
        {
            return await SendOnceAsync(command);
        }
    }

    private async Task<string> SendOnceAsync(string[] command)
    {
        using var connection = new RespConnection();
        await connection.ConnectAsync(EndPoint.Port, CancellationToken.None);
        await connection.SendAsync(["AUTH", _password], CancellationToken.None);
        var reply = await connection.SendAsync(command, CancellationToken.None);
        reply.Should().NotStartWith("-", "{0} is understood", string.Join(' ', command));
        return reply;
    }

    /// <summary>A field of INFO replication.</summary>
    public async Task<string> ReadReplicationAsync(string field)
    {
        var lines = (await SendAsync("INFO", "replication")).Split("\r\n");
        return lines.FirstOrDefault(line => line.StartsWith(field + ":", StringComparison.Ordinal))?[(field.Length + 1)..] ?? "";
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _watch?.Release();
        _process.Dispose();
        _process = null;
        IsFrozen = false;
    }

    /// <summary>Starts it again in place, with what it had on its disk.</summary>
    public Task RestartAsync() => LaunchAsync();

    /// <summary>SIGSTOP: connections stay and nothing is answered.</summary>
    public void Freeze()
    {
        Signals.Freeze(_process!.Id);
        IsFrozen = true;
    }

    /// <summary>SIGCONT: it goes on with what has come meanwhile.</summary>
    public void Thaw()
    {
        Signals.Thaw(_process!.Id);
        IsFrozen = false;
    }

    public ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            Kill();
        }

        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<RedisNode> StartAsync(RedisNode node)
    {
        try
        {
            await node.LaunchAsync();
            return node;
        }
        catch (Win32Exception e)
        {
            Assert.Skip($"Servers that work together need {Program} on the PATH: {e.Message}");
            throw;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    private async Task LaunchAsync()
    {
        // The configuration comes by the pipe, so that the password is in no file and on no command line; a sentinel's file is in a directory of its own.
        if (_file is not null && !File.Exists(_file))
        {
            await File.WriteAllTextAsync(_file, _configuration);
        }

        var start = new ProcessStartInfo(Program, _file is null ? ["-"] : [_file, "--sentinel"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _lastLine = string.IsNullOrEmpty(line.Data) ? _lastLine : line.Data;
        _process.BeginOutputReadLine();
        _watch = HostWatch.Start(_process.Id, _directory, session: null);
        if (_file is null)
        {
            await _process.StandardInput.WriteAsync(_configuration);
        }

        _process.StandardInput.Close();
        await Eventually.HoldsAsync(AnswersAsync, "the node answers");
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process!.HasExited)
        {
            throw new RedisNodeExitedException($"The node at port {Port} has ended as it started, with {_process.ExitCode}. Its last line: {_lastLine}");
        }

        try
        {
            return await SendAsync("PING") == "PONG";
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}

/// <summary>A server has ended as it started: somebody may have taken its port since it was found to be free.</summary>
internal sealed class RedisNodeExitedException(string message) : Exception(message);
