using JobQueue.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// The slots of a pool. A handler that was asked to stop has a grace to do so; then its job is reported without it, and
/// another slot takes the place of the one that it holds, up to a limit: beyond that the pool shrinks and is unhealthy,
/// until a stuck handler ends after all. Safe to use from any thread.
/// </summary>
internal sealed class ExecutorSlots(JobQueueOptions options, PoolSettings pool, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _watches = [];
    private readonly List<Executor> _stuck = [];
    private volatile Executor[] _working = [];
    private ExecutorParts? _parts;
    private int _handedBackByRetired;
    private bool _stopping;

    /// <summary>The slots that take leases.</summary>
    public IReadOnlyList<Executor> Working => _working;

    /// <summary>How many jobs can run at the same time now.</summary>
    public int Count => _working.Length;

    /// <summary>Slots that are held by stuck handlers and were not replaced any more.</summary>
    public int Missing => pool.Concurrency - Count;

    /// <summary>Slots whose handlers go on although their jobs were given up.</summary>
    public IReadOnlyList<Executor> Stuck
    {
        get
        {
            lock (_gate)
            {
                TakeBackEnded();
                return [.. _stuck];
            }
        }
    }

    public void Start(ExecutorParts parts)
    {
        _parts = parts;
        var working = new Executor[pool.Concurrency];
        for (var i = 0; i < working.Length; i++)
        {
            working[i] = new Executor(parts);
            working[i].Start();
        }

        _working = working;
    }

    /// <summary>Asks the handlers of some running leases to stop.</summary>
    public void Stop(Func<Lease, bool> which, StopReason reason)
    {
        foreach (var executor in _working)
        {
            if (executor.Current is { } lease && which(lease))
            {
                lease.Stop(reason);
            }
        }
    }

    /// <summary>A handler was asked to stop: from now on its grace runs. The pool's own stop has a grace of its own.</summary>
    public void OnStopRequested(Executor executor, Lease lease)
    {
        lock (_gate)
        {
            if (!_stopping)
            {
                _watches.RemoveAll(static watch => watch.IsCompleted);
                _watches.Add(WatchAsync(executor, lease));
            }
        }
    }

    /// <summary>From now on leases are handed back instead of being started.</summary>
    /// <returns>A task that ends when every slot has; slots of stuck handlers are not waited for.</returns>
    public Task StopStarting()
    {
        lock (_gate)
        {
            _stopping = true;
        }

        var working = _working;
        var completions = new Task[working.Length];
        for (var i = 0; i < working.Length; i++)
        {
            working[i].StopStarting();
            completions[i] = working[i].Completion;
        }

        return Task.WhenAll(completions);
    }

    /// <summary>Gives up every handler that still runs, and ends the watches.</summary>
    public async Task AbandonAllAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var executor in _working)
        {
            if (executor.Current is { } lease)
            {
                await executor.AbandonAsync(lease).ConfigureAwait(false);
            }
        }

        Task[] watches;
        lock (_gate)
        {
            watches = [.. _watches];
        }

        await Task.WhenAll(watches).ConfigureAwait(false);
    }

    /// <summary>How many leases the slots handed back unfinished.</summary>
    public int CountHandedBack()
    {
        var sum = Volatile.Read(ref _handedBackByRetired);
        foreach (var executor in _working)
        {
            sum += executor.HandedBack;
        }

        return sum;
    }

    public void Dispose() => _stop.Dispose();

    private async Task WatchAsync(Executor executor, Lease lease)
    {
        await Task.Delay(options.TimeoutGrace, time, _stop.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        if (_stop.IsCancellationRequested || executor.Current != lease)
        {
            return;
        }

        try
        {
            if (await executor.AbandonAsync(lease).ConfigureAwait(false))
            {
                Replace(executor);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.LoopFailed(logger, "abandon", e);
        }
    }

    private void Replace(Executor stuck)
    {
        lock (_gate)
        {
            var working = new List<Executor>(_working);
            var at = working.IndexOf(stuck);
            if (_stopping || at < 0)
            {
                return;
            }

            TakeBackEnded();
            stuck.Retire();
            _handedBackByRetired += stuck.HandedBack;
            if (_stuck.Count < options.MaxStuckSlots)
            {
                working[at] = new Executor(_parts!);
                working[at].Start();
            }
            else
            {
                working.RemoveAt(at);
                Log.PoolShrinks(logger, pool.Name, working.Count, options.MaxStuckSlots);
            }

            _stuck.Add(stuck);
            _working = [.. working];
        }
    }

    /// <summary>A stuck handler that has ended at last gives its slot back.</summary>
    private void TakeBackEnded()
    {
        if (_stuck.RemoveAll(static executor => executor.Completion.IsCompleted) == 0 || _stopping)
        {
            return;
        }

        var working = new List<Executor>(_working);
        while (working.Count < pool.Concurrency && working.Count + _stuck.Count < pool.Concurrency + options.MaxStuckSlots)
        {
            var executor = new Executor(_parts!);
            executor.Start();
            working.Add(executor);
        }

        _working = [.. working];
    }
}
