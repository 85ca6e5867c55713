using Microsoft.Extensions.Hosting;

namespace JobQueue.Embedded.Hosting;

/// <summary>
/// Starts the server before any hosted service starts, so that a missing one fails the start of the host. It is not
/// stopped here but with the services: hosted services use it until they have stopped.
/// </summary>
internal sealed class StartWithHost(SharedServer server) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => server.GetAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
