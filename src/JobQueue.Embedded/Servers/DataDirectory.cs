using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace JobQueue.Embedded.Servers;

/// <summary>
/// The directory that keeps data between starts, held by one host at a time: two servers that append to the same
/// files destroy them.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const string LockFileName = "jobqueue.lock";

    private static readonly TimeSpan FormerServerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartTimeTolerance = TimeSpan.FromSeconds(2);

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream @lock) => (FullPath, _lock) = (path, @lock);

    public string FullPath { get; }

    public static async Task<DataDirectory> OpenAsync(string path, EmbeddedServerKind kind, CancellationToken cancellationToken)
    {
        // Garnet's files and Redis's are no use to each other.
        var directory = Path.Combine(Path.GetFullPath(path), kind.ToString().ToLowerInvariant());
        var opened = new DataDirectory(directory, Lock(path, directory));
        try
        {
            await opened.WaitForFormerServerAsync(path, cancellationToken).ConfigureAwait(false);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Notes which server writes here, for the case that it outlives this process.</summary>
    public void Record(Process server)
    {
        string note;
        try
        {
            note = string.Create(CultureInfo.InvariantCulture, $"{server.Id} {server.StartTime.ToUniversalTime().Ticks}");
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has already ended, and whoever waits for its answer says why.
            return;
        }

        _lock.SetLength(0);
        _lock.Position = 0;
        _lock.Write(Encoding.ASCII.GetBytes(note));
        _lock.Flush();
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path, string directory)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(directory);
            }
            else
            {
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Errors.DataDirectoryUnusable(path, e);
        }

        try
        {
            return new FileStream(Path.Combine(directory, LockFileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Errors.DataDirectoryUnusable(path, e);
        }
        catch (IOException)
        {
            throw Errors.DataDirectoryInUse(path, "another process");
        }
    }

    // The lock ends with the host, but a killed host's server may still be writing its last data: wait for it.
    private async Task WaitForFormerServerAsync(string path, CancellationToken cancellationToken)
    {
        using var server = FindFormerServer();
        if (server is null)
        {
            return;
        }

        try
        {
            await server.WaitForExitAsync(cancellationToken).WaitAsync(FormerServerLimit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Errors.DataDirectoryInUse(path, string.Create(CultureInfo.InvariantCulture, $"the server with process id {server.Id}, left behind by a host that was killed (end it if nothing uses it)"));
        }
    }

    // The start time tells the server from an unrelated process that was given its id later.
    private Process? FindFormerServer()
    {
        using var reader = new StreamReader(_lock, Encoding.ASCII, leaveOpen: true);
        var note = reader.ReadToEnd().Split(' ');
        if (note.Length != 2
            || !int.TryParse(note[0], CultureInfo.InvariantCulture, out var id)
            || !long.TryParse(note[1], CultureInfo.InvariantCulture, out var started))
        {
            return null;
        }

        Process? process = null;
        try
        {
            process = Process.GetProcessById(id);
            var difference = process.StartTime.ToUniversalTime() - new DateTime(started, DateTimeKind.Utc);
            if (difference.Duration() < StartTimeTolerance)
            {
                return process;
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended, or belongs to another user: not the server that was noted.
        }

        process?.Dispose();
        return null;
    }
}
