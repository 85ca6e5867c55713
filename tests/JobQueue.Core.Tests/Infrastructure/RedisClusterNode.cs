using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using JobQueue.Embedded.Servers;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>A node of a <see cref="RedisCluster"/>: a process that keeps everything in memory.</summary>
internal sealed class RedisClusterNode : IAsyncDisposable
{
    private readonly PrivateDirectory _directory;
    private readonly Process _process;
    private readonly HostWatch? _watch;
    private readonly string _password;

    private RedisClusterNode(IPEndPoint endPoint, int busPort, string password, PrivateDirectory directory, Process process)
    {
        EndPoint = endPoint;
        BusPort = busPort;
        _password = password;
        _directory = directory;
        _process = process;
        _watch = HostWatch.Start(process.Id, directory, session: null);
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Where nodes talk to each other.</summary>
    public int BusPort { get; }

    public static async Task<RedisClusterNode> StartAsync(string program, string password, IEnumerable<string> configuration)
    {
        var (port, busPort) = (FreePort.Find(), FreePort.Find());
        var directory = new PrivateDirectory();
        // The configuration comes by the pipe, so that the password is in no file and on no command line.
        var start = new ProcessStartInfo(program, ["-"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        await process.StandardInput.WriteAsync(string.Join('\n', [
            "bind 127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port {port}"),
            string.Create(CultureInfo.InvariantCulture, $"cluster-port {busPort}"),
            "cluster-enabled yes",
            "cluster-config-file nodes.conf",
            "cluster-node-timeout 5000",
            $"requirepass {password}",
            $"masterauth {password}",
            $"dir {directory.FullPath}",
            "logfile \"\"",
            "save \"\"",
            "appendonly no",
            "maxmemory-policy noeviction",
            .. configuration]));
        process.StandardInput.Close();
        var node = new RedisClusterNode(new IPEndPoint(IPAddress.Loopback, port), busPort, password, directory, process);
        await Eventually.HoldsAsync(node.AnswersAsync, "the node answers");
        return node;
    }

    /// <summary>Sends it a command, over a connection that lives as long.</summary>
    public async Task<string> SendAsync(params string[] command)
    {
        using var connection = new RespConnection();
        await connection.ConnectAsync(EndPoint.Port, CancellationToken.None);
        await connection.SendAsync(["AUTH", _password], CancellationToken.None);
        var reply = await connection.SendAsync(command, CancellationToken.None);
        reply.Should().NotStartWith("-", "{0} is understood", string.Join(' ', command));
        return reply;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        _watch?.Release();
        Kill();
        _process.Dispose();
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> AnswersAsync()
    {
        _process.HasExited.Should().BeFalse("the node has started");
        try
        {
            return await SendAsync("PING") == "PONG";
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
