using System.Diagnostics.CodeAnalysis;
using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.Operations;

/// <summary>
/// The listeners of this host, and what each is told. They share one watch of the store, which runs while there is a listener. Safe to use from any thread.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore of whose wait handle nobody asks holds nothing that must be given back.")]
internal sealed class EventFeed(IJobMonitor monitor, TimeProvider time, int maxListeners)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _sync = new();
    private readonly List<EventListener> _listeners = [];
    private EventHistory _history = new();
    private EventPump? _pump;

    /// <summary>Adds a listener. It gets what it has missed since an event that is still known, a reset for one that is not, and the counts.</summary>
    /// <exception cref="ApiProblemException">There are too many.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    public async Task<EventListener> JoinAsync(string? lastId, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Count() >= maxListeners)
            {
                var problem = ApiProblem.Of(
                    StatusCodes.Status429TooManyRequests, $"{maxListeners} clients listen to events already. Poll instead, or let the host raise JobQueueApiOptions.MaxListeners.");
                throw new ApiProblemException(problem with { RetryAfter = 5 });
            }

            var counts = CountsShape.Of(await monitor.GetCountsAsync(cancellationToken).ConfigureAwait(false));
            if (_pump is null)
            {
                _history = new EventHistory(); // What happened without a watch is not known, so neither are the ids from before.
                _pump = await EventPump.StartAsync(monitor, time, this).ConfigureAwait(false);
            }

            return Add(lastId, counts);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes a listener out; the watch ends with the last one.</summary>
    public async Task LeaveAsync(EventListener listener)
    {
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            lock (_sync)
            {
                _listeners.Remove(listener);
            }

            if (_pump is { } pump && Count() == 0)
            {
                _pump = null;
                await pump.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Tells all listeners.</summary>
    public void Publish(EventKind kind, ReadOnlySpan<byte> json)
    {
        lock (_sync)
        {
            var frame = _history.Add(kind, json);
            foreach (var listener in _listeners)
            {
                listener.Add(frame);
            }
        }
    }

    /// <summary>Says that the connection lives, to what stands between.</summary>
    public void KeepAlive()
    {
        lock (_sync)
        {
            foreach (var listener in _listeners)
            {
                listener.Add(EventHistory.KeepAlive);
            }
        }
    }

    private int Count()
    {
        lock (_sync)
        {
            return _listeners.Count;
        }
    }

    private EventListener Add(string? lastId, CountsShape counts)
    {
        var listener = new EventListener();
        lock (_sync)
        {
            var missed = lastId is null ? [] : _history.Since(lastId);
            foreach (var frame in missed ?? [_history.Frame(EventKind.Reset, ResetShape.Unknown)])
            {
                listener.Add(frame);
            }

            listener.Add(_history.Frame(EventKind.Counts, EventPump.Json(counts)));
            _listeners.Add(listener);
        }

        return listener;
    }
}
