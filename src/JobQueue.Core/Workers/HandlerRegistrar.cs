using JobQueue.Handlers;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>Writes this process's handlers again every hour, so that the fleet sees that they are still here.</summary>
internal sealed class HandlerRegistrar(HandlerDirectory directory, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly OutageLog _outage = new(logger, "register handlers", time);
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(RunAsync);

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        var wait = HandlerDirectory.RefreshInterval;
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(wait, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_stop.IsCancellationRequested)
            {
                wait = await RegisterAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<TimeSpan> RegisterAsync()
    {
        try
        {
            await directory.RegisterAsync(_stop.Token).ConfigureAwait(false);
            _outage.Succeeded();
            return HandlerDirectory.RefreshInterval;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return _outage.Failed(e);
        }
    }
}
