using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>
/// Hears what scripts publish while somebody listens, and hands it to every watcher of this process. One subscription and one
/// registration serve them all; the registration is renewed while there is a watcher. Safe to use from any thread.
/// </summary>
internal sealed class EventHub(RedisCalls calls, TimeProvider time) : IDisposable
{
    /// <summary>How long this process counts as a listener unless it says so again; three times the time between.</summary>
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(10);

    private readonly string _listener = Guid.NewGuid().ToString("N");
    private readonly SemaphoreSlim _gate = new(1, 1);
    private ImmutableArray<EventWatcher> _watchers = [];
    private CancellationTokenSource? _renewing;

    /// <summary>The shards that are heard; more may come.</summary>
    private readonly HashSet<byte> _subscribed = [];

    public async IAsyncEnumerable<JobEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = new EventWatcher();
        var begun = await JoinAsync(watcher, cancellationToken).ConfigureAwait(false);
        try
        {
            yield return EventWatcher.Gap(begun);
            await foreach (var change in watcher.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            await LeaveAsync(watcher).ConfigureAwait(false);
        }
    }

    public void Dispose() => Interlocked.Exchange(ref _renewing, null)?.Cancel();

    /// <returns>When the watch began, by the server's clock.</returns>
    private async Task<DateTimeOffset> JoinAsync(EventWatcher watcher, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SubscribeAsync(cancellationToken).ConfigureAwait(false);
            _watchers = _watchers.Add(watcher); // Before the server publishes: what happens after the time that it says is heard.
            var (now, _) = await RegisterAsync(Keep, cancellationToken).ConfigureAwait(false);
            if (_renewing is null)
            {
                _renewing = new CancellationTokenSource();
                _ = RenewAsync(_renewing.Token);
            }

            return DateTimeOffset.FromUnixTimeMilliseconds(now);
        }
        catch
        {
            _watchers = _watchers.Remove(watcher);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task LeaveAsync(EventWatcher watcher)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            _watchers = _watchers.Remove(watcher);
            if (_watchers.IsEmpty)
            {
                Interlocked.Exchange(ref _renewing, null)?.Cancel();
                await RegisterAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is JobQueueException or ObjectDisposedException)
        {
            // Redis is away: the registration ends by itself.
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        foreach (var shard in await calls.AllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_subscribed.Contains(shard.Shard))
            {
                continue;
            }

            await shard.RunAsync(
                "subscribe",
                static async (shard, hub, token) =>
                {
                    await ListenScript.SubscribeAsync(shard, hub.OnHeard, hub.OnRestored, token).ConfigureAwait(false);
                    return true;
                },
                this,
                cancellationToken).ConfigureAwait(false);
            _subscribed.Add(shard.Shard);
        }
    }

    private async Task<(long Now, bool IsNew)> RegisterAsync(TimeSpan keep, CancellationToken cancellationToken)
    {
        var replies = await calls.RunOnAllAsync(
            "listen",
            static (shard, call, token) => ListenScript.RunAsync(shard, call.listener, call.keep, token),
            (listener: _listener, keep),
            cancellationToken).ConfigureAwait(false);
        return (replies[0].Now, Array.Exists(replies, static reply => reply.IsNew));
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(RenewEvery, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            await RenewOnceAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RenewOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await SubscribeAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }

            var (_, isNew) = await RegisterAsync(Keep, cancellationToken).ConfigureAwait(false);
            if (isNew)
            {
                OnRestored(); // It had ended, so for some time nothing was published.
            }
        }
        catch (Exception e) when (e is JobQueueException or OperationCanceledException or ObjectDisposedException)
        {
            // The next round tries again; what was missed until then is told by that one.
        }
    }

    private void OnHeard(string message)
    {
        var watchers = _watchers;
        if (watchers.IsEmpty)
        {
            return;
        }

        foreach (var change in EventMessage.Parse(message))
        {
            foreach (var watcher in watchers)
            {
                watcher.Add(change);
            }
        }
    }

    private void OnRestored()
    {
        var gap = EventWatcher.Gap(time.GetUtcNow());
        foreach (var watcher in _watchers)
        {
            watcher.Add(gap);
        }
    }
}
