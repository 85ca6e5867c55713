using System.Collections.Concurrent;
using System.Diagnostics;

namespace JobQueue.Embedded;

/// <summary>
/// A server's process. It ends with <see cref="StopAsync"/>, or when this process exits; a process that is killed can't
/// end it any more.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;
    private readonly string? _configurationFile;

    private ServerProcess(Process process, string? configurationFile)
    {
        _process = process;
        _configurationFile = configurationFile;
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The last lines that the server wrote.</summary>
    public string Output => string.Join(" | ", _output);

    public static ServerProcess Start(ServerProgram program, ServerSettings settings)
    {
        var isGarnet = program.Kind == EmbeddedServerKind.Garnet;
        var configuration = isGarnet ? WritePrivateFile(settings.ToGarnetConfiguration()) : null;
        var start = new ProcessStartInfo(program.FileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in Arguments(program, configuration))
        {
            start.ArgumentList.Add(argument);
        }

        ServerProcess server;
        try
        {
            server = new ServerProcess(Process.Start(start)!, configuration);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            Delete(configuration);
            throw Errors.DidNotStart(program.FileName, output: "", e);
        }

        server.ReadOutput();
        server.WriteInput(isGarnet ? "" : settings.ToRedisConfiguration());
        return server;
    }

    /// <summary>The server is up and has read its configuration.</summary>
    public void ForgetConfiguration() => Delete(_configurationFile);

    /// <summary>Asks the server to end, and ends it after a bound.</summary>
    public async Task StopAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        if (!_process.HasExited)
        {
            await TerminateAsync().ConfigureAwait(false);
        }

        Delete(_configurationFile);
    }

    private async Task TerminateAsync()
    {
        if (!OperatingSystem.IsWindows())
        {
            // SIGTERM lets the server write its append-only file to the end.
            using var kill = Process.Start(new ProcessStartInfo("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]) { UseShellExecute = false });
            await _process.WaitForExitAsync().WaitAsync(StopLimit, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }
    }

    private static IEnumerable<string> Arguments(ServerProgram program, string? configuration)
    {
        if (program.FirstArgument is { } assembly)
        {
            yield return assembly;
        }

        if (configuration is null)
        {
            yield return "-"; // Read the configuration from standard input.
        }
        else
        {
            yield return "--config-import-path";
            yield return configuration;
        }
    }

    private void ReadOutput()
    {
        DataReceivedEventHandler keep = (_, line) =>
        {
            if (!string.IsNullOrWhiteSpace(line.Data))
            {
                _output.Enqueue(line.Data.Trim());
                while (_output.Count > KeptLines)
                {
                    _output.TryDequeue(out string? _);
                }
            }
        };
        _process.OutputDataReceived += keep;
        _process.ErrorDataReceived += keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void WriteInput(string text)
    {
        try
        {
            _process.StandardInput.Write(text);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The server has ended already; its output says why.
        }
    }

    private static string WritePrivateFile(string text)
    {
        var path = Path.Combine(Path.GetTempPath(), "jobqueue-" + Guid.NewGuid().ToString("N") + ".json");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
        return path;
    }

    private static void Delete(string? path)
    {
        if (path is not null)
        {
            File.Delete(path);
        }
    }

    private void KillAtExit(object? sender, EventArgs e)
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        Delete(_configurationFile);
    }

    public void Dispose() => _process.Dispose();
}
