using System.ComponentModel;
using System.Diagnostics;
using JobQueue.Embedded.Locating;

namespace JobQueue.Embedded.Servers;

/// <summary>The server's process, its output, and the guard that ends it with this one.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly HostWatch? _watch;
    private readonly CancellationTokenSource _ended = new();

    private ServerProcess(Process process, ServerOutput output, HostWatch? watch)
    {
        (_process, Output, _watch) = (process, output, watch);

        // A watch that outlives the server could one day end a stranger that was given the same id.
        _process.Exited += (_, _) =>
        {
            _watch?.Release();
            _ended.Cancel();
        };
        _process.EnableRaisingEvents = true;
    }

    public int Id => _process.Id;

    public Process Process => _process;

    public ServerOutput Output { get; }

    /// <summary>Fires when the process ends.</summary>
    public CancellationToken Ended => _ended.Token;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public static ServerProcess Start(
        ServerLocation location,
        IReadOnlyList<string> arguments,
        PrivateDirectory directory,
        ServerOutput output,
        ServerEnvironment environment)
    {
        // Ctrl+C reaches every process of a terminal's session: the server would be gone while the host's jobs still finish.
        var session = OperatingSystem.IsLinux() ? environment.FindExecutable("setsid") : null;
        var start = new ProcessStartInfo(session ?? location.FileName)
        {
            WorkingDirectory = directory.FullPath,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        if (OperatingSystem.IsWindows())
        {
            start.CreateNewProcessGroup = true;
        }

        foreach (var argument in session is null ? arguments : [location.FileName, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        ForDotnet(start.Environment);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            process.Dispose();
            throw Errors.NotLaunched(location.Display, e);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServerProcess(process, output, HostWatch.Start(process.Id, directory, session));
    }

    /// <summary>Waits for the end of the process and of its output.</summary>
    /// <returns>Whether it ended in time.</returns>
    public async Task<bool> WaitForExitAsync(TimeSpan limit)
    {
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(limit).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return _process.HasExited;
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended by itself in between.
        }
    }

    public void Dispose()
    {
        _watch?.Release();
        _process.Dispose();
    }

    // Garnet is a .NET program: hooks and profilers meant for the host would load into it, its diagnostics leave
    // files in the temporary directory when it is killed, and a server heap per core is more than development needs.
    private static void ForDotnet(IDictionary<string, string?> variables)
    {
        variables.Remove("DOTNET_STARTUP_HOOKS");
        variables.Remove("CORECLR_ENABLE_PROFILING");
        variables["DOTNET_EnableDiagnostics"] = "0";
        variables["DOTNET_gcServer"] = "0";
    }
}
