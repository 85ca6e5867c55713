using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Looks whether the pool is really at work: whether its fetch loop turns, and whether a message that the pool sends itself
/// over the server arrives. What stalls is built anew. A reachable server says nothing about either.
/// </summary>
internal sealed class Watchdog(Fetcher fetcher, Fleet fleet, JobQueueOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Pings without an echo before the subscriptions are made again.</summary>
    private const int MostUnheard = 2;

    private readonly CancellationTokenSource _stop = new();
    private readonly OutageLog _outage = new(logger, "watch", time);
    private Task _loop = Task.CompletedTask;
    private readonly TimeSpan _stallLimit = StallLimitOf(options);
    private long _heard;
    private int _unheard;
    private bool _renewing;
    private bool _renewed;

    /// <summary>
    /// A turn ends at the latest with the limit of a call or of a wait; three of each, so that a busy machine is not taken for a
    /// stalled loop.
    /// </summary>
    public static TimeSpan StallLimitOf(JobQueueOptions options) => (options.CallTimeout + options.PollInterval) * 3;

    public bool IsStalled => fetcher.SinceLastTurn > _stallLimit;

    public void Start() => _loop = Task.Run(RunAsync);

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(options.LeaseDuration, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_stop.IsCancellationRequested)
            {
                await LookAsync().ConfigureAwait(false);
            }
        }
    }

    internal async Task LookAsync()
    {
        if (IsStalled)
        {
            Log.FetchLoopStalled(logger, fetcher.SinceLastTurn);
            fetcher.Restart();
        }

        try
        {
            await CheckSubscriptionAsync().ConfigureAwait(false);
            _outage.Succeeded();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The pool stops.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Redis is away, or this user may not publish: then there are no wake-ups to lose. A renewal that failed is tried again.
            _outage.Failed(e);
            _unheard = _renewing ? MostUnheard : 0;
            _renewed &= !RedisErrors.IsRefused(e); // No connection would be better.
        }
    }

    private async Task CheckSubscriptionAsync()
    {
        var heard = fleet.Heard;
        _renewed &= heard == _heard;
        _unheard = heard == _heard || _renewing ? _unheard : 0;
        _heard = heard;
        if (_unheard >= MostUnheard)
        {
            if (!_renewing)
            {
                Log.SubscriptionStalled(logger, _unheard);
            }

            if (_renewed)
            {
                fleet.Reconnect();
            }

            (_renewing, _renewed) = (true, true);
            await fleet.ResubscribeAsync(_stop.Token).ConfigureAwait(false);
            (_renewing, _unheard) = (false, 0);
        }

        await fleet.PingAsync(_stop.Token).ConfigureAwait(false);
        _unheard++;
    }
}
