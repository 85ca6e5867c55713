using System.ComponentModel;
using System.Runtime.InteropServices;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>Signals to processes that a test has started. Where there are none, the test is skipped.</summary>
internal static class Signals
{
    private const int Terminate = 15;

    private static readonly bool IsMac = OperatingSystem.IsMacOS();

    /// <summary>SIGTERM: asks the process to end.</summary>
    public static void End(int processId) => Send(processId, Terminate);

    /// <summary>SIGSTOP: the process is frozen when this returns, as far as the system can tell.</summary>
    public static void Freeze(int processId)
    {
        Send(processId, IsMac ? 17 : 19);
        if (OperatingSystem.IsLinux())
        {
            SpinWait.SpinUntil(() => StateOf(processId) is 'T' or 'Z', TimeSpan.FromSeconds(30)).Should().BeTrue("the process stops");
        }
    }

    /// <summary>SIGCONT: the process goes on where it was.</summary>
    public static void Thaw(int processId) => Send(processId, IsMac ? 19 : 18);

    private static char StateOf(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        return stat[stat.LastIndexOf(')') + 2];
    }

    private static void Send(int processId, int signal)
    {
        if (!OperatingSystem.IsLinux() && !IsMac)
        {
            Assert.Skip("This system has no signals to send.");
        }

        if (Kill(processId, signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
