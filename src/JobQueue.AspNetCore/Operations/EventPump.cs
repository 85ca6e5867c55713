using System.Text.Json;
using JobQueue.AspNetCore.Http;

namespace JobQueue.AspNetCore.Operations;

/// <summary>
/// Watches the store for all listeners of this host: gathers what happens within a quarter of a second into one event, and reads the counts at most once a second
/// while something happens, else every five seconds. Its owner is the feed, which disposes it.
/// </summary>
internal sealed class EventPump : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CountsEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleCountsEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeepAliveEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly IJobMonitor _monitor;
    private readonly TimeProvider _time;
    private readonly EventFeed _feed;
    private readonly CancellationTokenSource _stopping = new();
    private readonly JobChanges _changes = new();
    private Task _running = Task.CompletedTask;
    private CountsShape? _counts;
    private long _countsAt;
    private long _toldAt;
    private bool _isAway;

    private EventPump(IJobMonitor monitor, TimeProvider time, EventFeed feed)
    {
        _monitor = monitor;
        _time = time;
        _feed = feed;
        _countsAt = _toldAt = time.GetTimestamp();
    }

    /// <summary>Begins to watch; when the call has returned nothing is missed.</summary>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    public static async Task<EventPump> StartAsync(IJobMonitor monitor, TimeProvider time, EventFeed feed)
    {
        var pump = new EventPump(monitor, time, feed);
        var watch = monitor.WatchAsync(pump._stopping.Token).GetAsyncEnumerator(CancellationToken.None);
        try
        {
            // Not given up when the caller goes: a watch that has begun must be ended. The call to Redis has a limit of its own.
            await watch.MoveNextAsync().ConfigureAwait(false);
        }
        catch
        {
            await watch.DisposeAsync().ConfigureAwait(false);
            pump._stopping.Dispose();
            throw;
        }

        pump._running = Task.WhenAll(pump.WatchAsync(watch), pump.PublishAsync());
        return pump;
    }

    /// <summary>Ends the watch.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    public static byte[] Json(CountsShape counts) => JsonSerializer.SerializeToUtf8Bytes(counts, ApiJson.Default.CountsShape);

    public static byte[] Json(ResetShape reset) => JsonSerializer.SerializeToUtf8Bytes(reset, ApiJson.Default.ResetShape);

    private async Task WatchAsync(IAsyncEnumerator<JobEvent> watch)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await using (watch.ConfigureAwait(false))
                {
                    while (await watch.MoveNextAsync().ConfigureAwait(false))
                    {
                        _changes.Add(watch.Current);
                    }
                }
            }
            catch (Exception e) when (e is JobQueueException or ObjectDisposedException)
            {
                _changes.AddGap(_time.GetUtcNow());
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(RetryAfter, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            watch = _monitor.WatchAsync(_stopping.Token).GetAsyncEnumerator(CancellationToken.None);
        }
    }

    private async Task PublishAsync()
    {
        using var timer = new PeriodicTimer(Tick, _time);
        while (await NextTickAsync(timer).ConfigureAwait(false))
        {
            var (hasGap, changes) = _changes.Take();
            if (hasGap)
            {
                Tell(EventKind.Reset, ResetShape.Gap);
            }

            if (changes is not null)
            {
                Tell(EventKind.Jobs, JsonSerializer.SerializeToUtf8Bytes(changes, ApiJson.Default.JobChangesShape));
            }

            await TellCountsAsync(_changes.HasHappenedSinceCounts ? CountsEvery : IdleCountsEvery).ConfigureAwait(false);
            if (_time.GetElapsedTime(_toldAt) >= KeepAliveEvery)
            {
                _feed.KeepAlive();
                _toldAt = _time.GetTimestamp();
            }
        }
    }

    private async ValueTask<bool> NextTickAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task TellCountsAsync(TimeSpan every)
    {
        if (_time.GetElapsedTime(_countsAt) < every)
        {
            return;
        }

        _changes.HasHappenedSinceCounts = false;
        try
        {
            var counts = CountsShape.Of(await _monitor.GetCountsAsync(_stopping.Token).ConfigureAwait(false));
            _isAway = false;
            if (counts != _counts)
            {
                _counts = counts;
                Tell(EventKind.Counts, Json(counts));
            }
        }
        catch (Exception e) when (e is JobQueueException or OperationCanceledException or ObjectDisposedException)
        {
            if (!_isAway && !_stopping.IsCancellationRequested)
            {
                _isAway = true;
                Tell(EventKind.Reset, ResetShape.Unavailable);
            }
        }

        _countsAt = _time.GetTimestamp();
    }

    private void Tell(EventKind kind, byte[] json)
    {
        _toldAt = _time.GetTimestamp();
        _feed.Publish(kind, json);
    }
}
