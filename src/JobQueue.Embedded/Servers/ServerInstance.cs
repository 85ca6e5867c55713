using System.Net.Sockets;
using JobQueue.Embedded.Locating;

namespace JobQueue.Embedded.Servers;

/// <summary>One running server and everything that has to go when it goes.</summary>
internal sealed class ServerInstance : IAsyncDisposable
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(5);

    private readonly ServerLocation _location;
    private readonly ServerSettings _settings;
    private readonly PrivateDirectory _directory;
    private readonly DataDirectory? _data;
    private readonly Lock _gate = new();
    private Task? _stop;

    public ServerInstance(
        ServerLocation location, ServerSettings settings, ServerProcess process, PrivateDirectory directory, DataDirectory? data, string information)
    {
        (_location, _settings, Process, _directory, _data) = (location, settings, process, directory, data);
        (Kind, Version) = ServerInformation.Read(information, location.Kind);
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public ServerProcess Process { get; }

    public EmbeddedServerKind Kind { get; }

    public string Version { get; }

    public int Port => _settings.Port;

    public string WorkingDirectory => _directory.FullPath;

    public bool KeepsData => _data is not null;

    public string ConnectionString => $"127.0.0.1:{_settings.Port},password={_settings.Password},abortConnect=false";

    public ValueTask DisposeAsync()
    {
        // Every caller waits for the one stop: when any dispose returns, the process is gone.
        lock (_gate)
        {
            return new ValueTask(_stop ??= StopAsync());
        }
    }

    private async Task StopAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        if (!Process.HasExited)
        {
            await AskToEndAsync().ConfigureAwait(false);
        }

        await EndAsync(Process).ConfigureAwait(false);
        _directory.Dispose();
        _data?.Dispose();
    }

    /// <summary>Ends a process whose data, if any, is already safe.</summary>
    public static async Task EndAsync(ServerProcess process)
    {
        process.Kill();
        await process.WaitForExitAsync(ExitLimit).ConfigureAwait(false);
        process.Dispose();
    }

    private async Task AskToEndAsync()
    {
        // Garnet has no SHUTDOWN, and ends at once when it is signalled (measured): committing its log first is what
        // keeps the last writes.
        var garnet = _location.Kind == EmbeddedServerKind.Garnet;
        if (garnet && !KeepsData)
        {
            return;
        }

        using var limit = new CancellationTokenSource(AskLimit);
        try
        {
            using var connection = new RespConnection();
            await connection.ConnectAsync(_settings.Port, limit.Token).ConfigureAwait(false);
            await connection.SendAsync(["AUTH", _settings.Password], limit.Token).ConfigureAwait(false);
            await connection.SendAsync(garnet ? ["COMMITAOF"] : ["SHUTDOWN", "NOSAVE"], limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // A server that shuts down closes the connection instead of answering.
        }

        if (!garnet)
        {
            await Process.WaitForExitAsync(ExitLimit).ConfigureAwait(false);
        }
    }

    // A host that ends without disposing. The handler is synchronous, and nothing runs after it.
    private void OnProcessExit(object? sender, EventArgs e)
    {
        if (!Task.Run(() => DisposeAsync().AsTask()).Wait(AskLimit + ExitLimit))
        {
            Process.Kill();
        }
    }
}
