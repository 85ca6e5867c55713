using System.Diagnostics;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>A worker in a process of its own, ended by its id at the latest when it is disposed.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public static WorkerProcess Start(string connectionString, string prefix)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "JobQueue.TestWorker.dll");
        var start = new ProcessStartInfo("dotnet", [assembly]) { UseShellExecute = false };
        start.Environment["TEST_WORKER_CONNECTION"] = connectionString;
        start.Environment["TEST_WORKER_PREFIX"] = prefix;
        return new WorkerProcess(Process.Start(start)!);
    }

    /// <summary>SIGKILL: no code of the process runs any more.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
