using System.Diagnostics;
using System.Globalization;
using JobQueue.Embedded.Servers;

namespace JobQueue.Embedded.Tests.Support;

/// <summary>This program run a second time as a host that starts a server and then ends badly.</summary>
internal sealed class ChildHost : IDisposable
{
    public const string Argument = "--embedded-host";

    /// <summary>The child returns from its entry point without disposing the server.</summary>
    public const string Leave = "leave";

    /// <summary>The child waits until it is killed.</summary>
    public const string Wait = "wait";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ChildHost(Process process, int serverId, string workingDirectory) => (_process, ServerId, WorkingDirectory) = (process, serverId, workingDirectory);

    public int ServerId { get; }

    public string WorkingDirectory { get; }

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new EmbeddedRedisOptions { DataDirectory = args.Length > 3 ? args[3] : null };
        var server = await EmbeddedRedis.StartAsync(options, Machine.EnvironmentOf(Enum.Parse<EmbeddedServerKind>(args[2])), FreePort.Find, CancellationToken.None);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{server.ProcessId} {server.WorkingDirectory}"));
        if (args[1] == Wait)
        {
            await Task.Delay(Timeout.Infinite);
        }

        return 0;
    }

    public static async Task<ChildHost> StartAsync(string ending, EmbeddedServerKind kind, string? dataDirectory = null)
    {
        var program = Path.ChangeExtension(typeof(ChildHost).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
        string[] arguments = [Argument, ending, kind.ToString()];
        var start = new ProcessStartInfo(program, dataDirectory is null ? arguments : [.. arguments, dataDirectory]) { RedirectStandardOutput = true, UseShellExecute = false };
        var process = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            var line = await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("The child ended before it had started a server.");
            var parts = line.Split(' ', 2);
            return new ChildHost(process, int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>On Unix this is SIGKILL: the child runs none of its code any more.</summary>
    public void Kill() => _process.Kill();

    public async Task WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
