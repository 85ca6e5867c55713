using System.Text;

namespace JobQueue.Embedded.Servers;

/// <summary>
/// A temporary directory that only this user can read. It holds the configuration file, with the password, while the
/// server starts, and is the server's working directory, so that nothing it writes lands elsewhere.
/// </summary>
internal sealed class PrivateDirectory : IDisposable
{
    public const string ConfigurationFileName = "server.conf";

    public PrivateDirectory() => FullPath = Directory.CreateTempSubdirectory("jobqueue-embedded-").FullName;

    public string FullPath { get; }

    public string ConfigurationFile => Path.Combine(FullPath, ConfigurationFileName);

    public async Task WriteConfigurationAsync(string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(ConfigurationFile, options);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
        }
    }

    public void RemoveConfiguration() => File.Delete(ConfigurationFile);

    public void Dispose()
    {
        try
        {
            Directory.Delete(FullPath, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A virus scanner or a cleaner of temporary files may hold or have removed it; ending the host matters more.
        }
    }
}
