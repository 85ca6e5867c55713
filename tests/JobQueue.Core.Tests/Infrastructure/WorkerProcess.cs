using System.Diagnostics;
using System.Globalization;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>A worker in a process of its own, ended by its id at the latest when it is disposed.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    /// <param name="connectionString">The server.</param>
    /// <param name="prefix">The store.</param>
    /// <param name="settings">What differs from the defaults, as the worker's Program reads it: <c>LEASE_MS</c>, <c>MAX_CRASHES</c>.</param>
    public static WorkerProcess Start(string connectionString, string prefix, params (string Name, int Value)[] settings)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "JobQueue.TestWorker.dll");
        var start = new ProcessStartInfo("dotnet", [assembly]) { UseShellExecute = false };
        start.Environment["TEST_WORKER_CONNECTION"] = connectionString;
        start.Environment["TEST_WORKER_PREFIX"] = prefix;
        foreach (var (name, value) in settings)
        {
            start.Environment["TEST_WORKER_" + name] = value.ToString(CultureInfo.InvariantCulture);
        }

        return new WorkerProcess(Process.Start(start)!);
    }

    public bool HasExited => _process.HasExited;

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
