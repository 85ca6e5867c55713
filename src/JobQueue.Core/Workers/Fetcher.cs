using System.Threading.Channels;
using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Keeps the executors supplied: leases as many jobs as there are free slots, and a few ahead while jobs are short.
/// One fetch is on its way at a time. A fetch without an answer is reconciled before the next, so that what it may have
/// leased waits again. Takes a new identity when this worker was declared lost.
/// </summary>
internal sealed class Fetcher : IDisposable
{
    private const int MaxFetch = 500;
    private const int ReconcileStep = 1_000;

    private readonly RedisShard _shard;
    private readonly Fleet _fleet;
    private readonly JobQueueOptions _options;
    private readonly DurationWindow _durations;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string[] _queues;
    private readonly OutageLog _outage;
    private readonly AsyncSignal _wake;
    private readonly AsyncSignal _capacity;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Lease> _leases;
    private Task _loop = Task.CompletedTask;
    private WorkerIdentity _worker;
    private long _fetchNumber;
    private long _answered;
    private int _held;

    public Fetcher(
        RedisShard shard, Fleet fleet, JobQueueOptions options, DurationWindow durations, TimeProvider time, ILogger logger)
    {
        _shard = shard;
        _fleet = fleet;
        _options = options;
        _durations = durations;
        _time = time;
        _logger = logger;
        _queues = [.. options.Queues.Distinct(StringComparer.Ordinal)];
        _outage = new OutageLog(logger, "fetch");
        _wake = new AsyncSignal(time);
        _capacity = new AsyncSignal(time);
        _worker = fleet.Current;
        _leases = Channel.CreateBounded<Lease>(new BoundedChannelOptions(options.Concurrency + options.MaxPrefetch + MaxFetch) { SingleWriter = true });
    }

    public ChannelReader<Lease> Leases => _leases.Reader;

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Fetches no more. When it returns, no fetch is on its way, and the reader ends after what it holds.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>A lease has ended, so there is room for another.</summary>
    public void LeaseEnded()
    {
        Interlocked.Decrement(ref _held);
        _capacity.Set();
    }

    /// <summary>Someone put a job where this worker looks, or this worker is lost.</summary>
    public void Wake()
    {
        _wake.Set();
        _capacity.Set();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                await StepAsync().ConfigureAwait(false);
            }

            await ReconcileAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.LoopFailed(_logger, "fetch", e);
        }
        finally
        {
            _leases.Writer.TryComplete();
        }
    }

    private async Task StepAsync()
    {
        TimeSpan delay;
        try
        {
            if (_worker.IsLost)
            {
                await RejoinAsync().ConfigureAwait(false);
            }

            var limit = FreeSlots();
            if (limit == 0)
            {
                await _capacity.WaitAsync(_options.PollInterval, _stop.Token).ConfigureAwait(false);
                return;
            }

            if (await FetchAsync(limit).ConfigureAwait(false) == 0 && !_worker.IsLost)
            {
                await _wake.WaitAsync(_options.PollInterval, _stop.Token).ConfigureAwait(false);
            }

            return;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            delay = _outage.Failed(e);
        }

        await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ReconcileAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Free executors plus what is worth leasing ahead. While something waits here already, small rests are left to
    /// gather, so that a fetch is worth its round trip.
    /// </summary>
    private int FreeSlots()
    {
        var held = Volatile.Read(ref _held);
        var prefetch = _durations.Prefetch(_options.MaxPrefetch);
        var free = Math.Min(MaxFetch, _options.Concurrency + prefetch - held);
        return held > _options.Concurrency && free < (prefetch + 1) / 2 ? 0 : Math.Max(0, free);
    }

    private async Task<int> FetchAsync(int limit)
    {
        var number = ++_fetchNumber;

        // Not cancelled by a stop: an answer that is on its way is taken, so that its jobs can be handed back.
        var reply = await FetchScript.RunAsync(
            _shard, _worker.Id, number, limit, _options.PollInterval, JobPriorities.StrictOrder, number, _queues, CancellationToken.None)
            .ConfigureAwait(false);
        _outage.Succeeded();
        if (reply.Status != ScriptStatus.Stale)
        {
            _answered = number;
        }

        if (reply.Status == ScriptStatus.Lost)
        {
            _fleet.OnLost(_worker);
            return 0;
        }

        var token = LeaseToken.Format(_worker.Id, number, reply.Now);
        for (var i = 0; i < reply.Ids.Length; i++)
        {
            Interlocked.Increment(ref _held);
            await _leases.Writer.WriteAsync(new Lease(_worker, token, reply.Ids[i], reply.Records[i])).ConfigureAwait(false);
        }

        return reply.Ids.Length;
    }

    /// <summary>
    /// Hands back what unanswered fetches may have leased, and makes sure that they can't lease any more. Until Redis
    /// has answered this, nothing is fetched; when this process stops first, the lease's end does the same.
    /// </summary>
    private async Task ReconcileAsync()
    {
        var attemptsAfterStop = 0;
        while (_answered < _fetchNumber && !_worker.IsLost && attemptsAfterStop < 2)
        {
            TimeSpan delay;
            try
            {
                var cursor = "0";
                do
                {
                    var reply = await ReconcileScript.RunAsync(
                        _shard, _worker.Id, _answered, _fetchNumber, cursor, ReconcileStep, CancellationToken.None).ConfigureAwait(false);
                    cursor = reply.Cursor;
                }
                while (cursor != "0");
                _answered = _fetchNumber;
                _outage.Succeeded();
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                delay = _outage.Failed(e);
            }

            attemptsAfterStop += _stop.IsCancellationRequested ? 1 : 0;
            await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RejoinAsync()
    {
        _worker = await _fleet.JoinAsync(_stop.Token).ConfigureAwait(false);
        _fetchNumber = 0;
        _answered = 0;
    }
}
