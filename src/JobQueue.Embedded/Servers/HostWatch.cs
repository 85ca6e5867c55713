using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace JobQueue.Embedded.Servers;

/// <summary>
/// Ends the server when this process is killed and can do nothing itself: a shell that waits on a pipe from here.
/// A line says that all is well; the end of the pipe without one says that this process is gone. Unix only.
/// </summary>
internal sealed class HostWatch
{
    private const string Shell = "/bin/sh";

    // Its streams are closed so that whoever waits for the end of the host's output does not wait for the watch, and
    // only what the starter made is removed: the configuration file and the directory, if that is empty then.
    private const string Script = """
        exec >/dev/null 2>&1
        trap '' INT TERM HUP
        if read -r line; then exit 0; fi
        kill -TERM "$1"
        rm -f "$2/$3"
        rmdir "$2"
        """;

    private readonly Process _process;
    private int _released;

    private HostWatch(Process process) => _process = process;

    /// <summary>Starts the watch, in a session of its own where <paramref name="session"/> names the program for that.</summary>
    /// <returns><see langword="null"/> where there is no shell: then a killed host leaves its server behind.</returns>
    public static HostWatch? Start(int serverId, PrivateDirectory directory, string? session)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var start = new ProcessStartInfo(session ?? Shell) { RedirectStandardInput = true, UseShellExecute = false };
        string[] command =
        [
            "-c", Script, "jobqueue-embedded-watch",
            serverId.ToString(CultureInfo.InvariantCulture), directory.FullPath, PrivateDirectory.ConfigurationFileName,
        ];
        foreach (var argument in session is null ? command : [Shell, .. command])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start) is { } process ? new HostWatch(process) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Sends the watch away without ending the server. Thread-safe; later calls do nothing.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
        {
            return;
        }

        try
        {
            _process.StandardInput.WriteLine();
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Someone ended the watch; there is nothing left to send away.
        }

        _process.Dispose();
    }
}
