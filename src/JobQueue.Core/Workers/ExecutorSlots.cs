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
        }

        Publish(working, working);
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

    public void Dispose()
    {
        _stop.Dispose();
        foreach (var executor in _working)
        {
            executor.Dispose();
        }
    }

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
                Replace(executor, lease);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.LoopFailed(logger, "abandon", e);
        }
    }

    private void Replace(Executor stuck, Lease lease)
    {
        lock (_gate)
        {
            if (_stopping || !stuck.TryRetire(lease))
            {
                return; // Its handler has ended after all, and the slot goes on.
            }

            _handedBackByRetired += stuck.HandedBack;
            _stuck.Add(stuck);
            var working = new List<Executor>(_working);
            working.Remove(stuck);
            Fill(working);
            if (working.Count < pool.Concurrency)
            {
                Log.PoolShrinks(logger, pool.Name, working.Count, options.MaxStuckSlots);
            }
        }

        _ = TakeBackAsync(stuck); // It ends with the handler, which may never end: nobody can wait for it, and it does nothing after a stop.
    }

    /// <summary>A stuck handler that ends at last gives its slot back.</summary>
    private async Task TakeBackAsync(Executor stuck)
    {
        await stuck.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        stuck.Dispose();
        lock (_gate)
        {
            _stuck.Remove(stuck);
            if (!_stopping)
            {
                Fill([.. _working]);
            }
        }
    }

    /// <summary>Adds slots up to the pool's number, and to as many beside stuck ones as are replaced.</summary>
    private void Fill(List<Executor> working)
    {
        var added = new List<Executor>();
        while (working.Count < pool.Concurrency && working.Count + _stuck.Count < pool.Concurrency + options.MaxStuckSlots)
        {
            var executor = new Executor(_parts!);
            working.Add(executor);
            added.Add(executor);
        }

        Publish([.. working], added);
    }

    /// <summary>Slots are made known before they take leases, so that no request to stop passes one by.</summary>
    private void Publish(Executor[] working, IReadOnlyList<Executor> added)
    {
        _working = working;
        foreach (var executor in added)
        {
            executor.Start();
        }
    }
}
