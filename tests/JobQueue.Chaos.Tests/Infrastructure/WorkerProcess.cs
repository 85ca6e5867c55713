using System.Diagnostics;
using System.Text;
using JobQueue.ChaosWorker;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>A worker in a process of its own, ended by its id at the latest when this is disposed, and by itself when the test's process ends.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private WorkerProcess(Process process, WorkerSettings settings)
    {
        _process = process;
        Settings = settings;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public WorkerSettings Settings { get; }

    /// <summary>This start in the audit.</summary>
    public string Name => Settings.Process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it wrote; the host itself logs to the audit.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static WorkerProcess Start(WorkerSettings settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "JobQueue.ChaosWorker.dll")])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[WorkerSettings.Variable] = settings.Write();
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        return new WorkerProcess(Process.Start(start)!, settings);
    }

    /// <summary>SIGKILL: no code of the process runs any more when this returns.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGSTOP.</summary>
    public void Freeze() => Signals.Freeze(Id);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signals.Thaw(Id);

    /// <summary>SIGTERM, and the end of the process.</summary>
    /// <returns>How long it took to end.</returns>
    public async Task<TimeSpan> EndAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        Signals.End(Id);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return TimeProvider.System.GetElapsedTime(began);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
