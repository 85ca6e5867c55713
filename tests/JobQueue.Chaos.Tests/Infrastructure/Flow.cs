using System.Collections.Concurrent;

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>Enqueues jobs until it is told to stop, and no faster than they are done, so that the load lasts as long as a scenario does.</summary>
internal sealed class Flow : IAsyncDisposable
{
    private const int Batch = 100;
    private const int MostWaiting = 300;

    private readonly ConcurrentQueue<JobId> _ids = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private Flow(IJobQueue jobs, IJobMonitor monitor, Func<JobRequest> next) => _running = RunAsync(jobs, monitor, next);

    /// <param name="jobs">Where to enqueue.</param>
    /// <param name="monitor">Says how many wait.</param>
    /// <param name="next">Draws a job; called by one caller at a time.</param>
    public static Flow Start(IJobQueue jobs, IJobMonitor monitor, Func<JobRequest> next) => new(jobs, monitor, next);

    /// <summary>Ends it.</summary>
    /// <returns>Every id whose enqueue was acknowledged.</returns>
    public async Task<IReadOnlyList<JobId>> StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        return [.. _ids];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(IJobQueue jobs, IJobMonitor monitor, Func<JobRequest> next)
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var id in await jobs.EnqueueManyAsync(Enumerable.Range(0, Batch).Select(_ => next()).ToList(), CancellationToken.None))
            {
                _ids.Enqueue(id);
            }

            await Condition.HoldsAsync(
                async () => _stop.IsCancellationRequested || (await monitor.GetCountsAsync()).Pending <= MostWaiting, "the workers take what waits");
        }
    }
}
