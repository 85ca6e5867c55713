using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>What a fetch loop works with.</summary>
/// <param name="Shard">Where jobs come from.</param>
/// <param name="Fleet">The pool's membership.</param>
/// <param name="Pool">What the pool serves.</param>
/// <param name="Slots">Who runs the jobs.</param>
/// <param name="Limits">The limits of queues, shared by all pools of the process.</param>
/// <param name="Cancels">Who was asked to stop.</param>
/// <param name="Settler">Takes what is handed back.</param>
/// <param name="Undertaker">Ends cancelled jobs that a lost answer leased.</param>
/// <param name="Durations">How long jobs take.</param>
internal sealed record FetcherParts(
    RedisShard Shard,
    Fleet Fleet,
    PoolSettings Pool,
    ExecutorSlots Slots,
    QueueLimits Limits,
    CancelRequests Cancels,
    Settler Settler,
    Undertaker Undertaker,
    DurationWindow Durations);

/// <summary>
/// Keeps the slots supplied: leases as many jobs as there are free slots, and a few ahead while jobs are short.
/// One fetch is on its way at a time. A fetch without an answer is reconciled before the next, so that what it may have
/// leased waits again. Takes a new identity when this worker was declared lost.
/// </summary>
internal sealed class Fetcher : IDisposable
{
    private const int MaxFetch = 500;

    /// <summary>A job that has not started here after this long goes back to the front of its queue.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMilliseconds(250);

    private readonly FetcherParts _parts;
    private readonly JobQueueOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OutageLog _outage;
    private readonly PriorityOrder _order;
    private readonly Reconciler _reconciler;
    private readonly AsyncSignal _wake;
    private readonly AsyncSignal _capacity;
    private readonly CancellationTokenSource _stop = new();
    private readonly LeaseQueue _queue = new();
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _paused = new();
    private Task _loop = Task.CompletedTask;
    private WorkerIdentity _worker;
    private long _lastTurn;
    private int _generation;
    private int _held;
    private int _suspects;
    private volatile bool _keepsNothingAhead;

    public Fetcher(FetcherParts parts, JobQueueOptions options, TimeProvider time, ILogger logger)
    {
        _parts = parts;
        _options = options;
        _time = time;
        _logger = logger;
        _outage = new OutageLog(logger, "fetch", time);
        _order = new PriorityOrder(parts.Pool.Weights);
        _reconciler = new Reconciler(parts.Shard, parts.Undertaker, _outage, time);
        _wake = new AsyncSignal(time);
        _capacity = new AsyncSignal(time);
        _worker = parts.Fleet.Current;
        _lastTurn = time.GetTimestamp();
    }

    public LeaseQueue Queue => _queue;

    /// <summary>How long ago the loop last finished a round trip, or a wait for work or room.</summary>
    public TimeSpan SinceLastTurn => _time.GetElapsedTime(Volatile.Read(ref _lastTurn));

    /// <summary>Lets a test hold the loop before a fetch.</summary>
    internal Func<Task>? BeforeFetch { get; set; }

    public void Start()
    {
        var generation = Interlocked.Increment(ref _generation);
        Volatile.Write(ref _lastTurn, _time.GetTimestamp());
        using (ExecutionContext.SuppressFlow())
        {
            _loop = Task.Run(() => RunAsync(generation));
        }
    }

    /// <summary>Starts the loop anew beside one that no longer turns; should that one go on after all, it ends.</summary>
    public void Restart()
    {
        if (!_stop.IsCancellationRequested)
        {
            Start();
        }
    }

    /// <summary>Fetches no more. When it returns, no fetch is on its way, and the slots end after what is held.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _queue.Complete();
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>A lease has ended, so there is room for another.</summary>
    public void LeaseEnded(Lease lease)
    {
        if (lease.TryEnd())
        {
            _keepsNothingAhead = false;
            GiveFree(lease);
        }
    }

    /// <summary>Someone put a job where this worker looks, or this worker is lost.</summary>
    public void Wake()
    {
        _wake.Set();
        _capacity.Set();
    }

    /// <summary>A queue was paused: jobs of it that have not started go back.</summary>
    public void OnPaused(string queue)
    {
        _paused.Enqueue(queue);
        Wake();
    }

    private async Task RunAsync(int generation)
    {
        await _reconciler.RunAsync(_worker, IsOld(generation), _stop.Token).ConfigureAwait(false);
        while (!_stop.IsCancellationRequested && generation == Volatile.Read(ref _generation))
        {
            Volatile.Write(ref _lastTurn, _time.GetTimestamp());
            await StepAsync(generation).ConfigureAwait(false);
        }

        await _reconciler.RunAsync(_worker, IsOld(generation), _stop.Token).ConfigureAwait(false);
    }

    private Func<bool> IsOld(int generation) => () => generation != Volatile.Read(ref _generation);

    private async Task StepAsync(int generation)
    {
        TimeSpan delay;
        try
        {
            if (_worker.IsLost)
            {
                await RejoinAsync().ConfigureAwait(false);
            }

            HandBackWaiting();
            var limit = FreeSlots();
            if (limit == 0)
            {
                await _capacity.WaitAsync(LongestWait(), _stop.Token).ConfigureAwait(false);
            }
            else if (await FetchAsync(limit, generation).ConfigureAwait(false) == 0 && !_worker.IsLost)
            {
                await _wake.WaitAsync(LongestWait(), _stop.Token).ConfigureAwait(false);
            }

            return;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            delay = _outage.Failed(e);
        }

        await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _reconciler.RunAsync(_worker, IsOld(generation), _stop.Token).ConfigureAwait(false);
    }

    private TimeSpan LongestWait()
    {
        var untilStale = StaleAfter - _queue.OldestAge;
        return _queue.IsEmpty || untilStale > _options.PollInterval
            ? _options.PollInterval
            : untilStale > TimeSpan.FromMilliseconds(10) ? untilStale : TimeSpan.FromMilliseconds(10);
    }

    /// <summary>
    /// Free slots plus what is worth leasing ahead. While something waits here already, small rests are left to gather, so that
    /// a fetch is worth its round trip. After jobs had to go back because no slot came free, nothing is leased ahead
    /// until a job has ended.
    /// </summary>
    private int FreeSlots()
    {
        var held = Volatile.Read(ref _held);
        var slots = _parts.Slots.Count;
        var prefetch = _keepsNothingAhead ? 0 : _parts.Durations.Prefetch(_parts.Pool.MaxPrefetch);
        var free = Math.Min(MaxFetch, slots + prefetch - held);
        return held > slots && free < (prefetch + 1) / 2 ? 0 : Math.Max(0, free);
    }

    /// <returns>How many jobs were leased; more than none also when the server has more to look at.</returns>
    private async Task<int> FetchAsync(int limit, int generation)
    {
        if (BeforeFetch is { } hold)
        {
            await hold().ConfigureAwait(false);
        }

        var number = _reconciler.NextFetch();
        var reservation = _parts.Limits.Reserve(_parts.Pool.Excluded);
        try
        {
            var request = new FetchRequest(
                _worker.Id, number, limit, _options.PollInterval, _order.Next(Volatile.Read(ref _suspects) == 0), number, reservation.Room, _parts.Pool.Queues);

            // Not cancelled by a stop: an answer that is on its way is taken, so that its jobs can be handed back.
            var askedAt = _time.GetTimestamp();
            var reply = await FetchScript.RunAsync(_parts.Shard, request, CancellationToken.None).ConfigureAwait(false);
            if (generation != Volatile.Read(ref _generation))
            {
                return 0; // Another loop has taken over and hands back what this one leased.
            }

            _outage.Succeeded();
            return Take(reply, number, limit, reservation, askedAt);
        }
        finally
        {
            _parts.Limits.Return(reservation);
        }
    }

    private int Take(in FetchReply reply, long number, int limit, Reservation reservation, long askedAt)
    {
        if (reply.Status != ScriptStatus.Stale)
        {
            _reconciler.Answered(number);
        }

        if (reply.Status == ScriptStatus.Lost)
        {
            _parts.Fleet.OnLost(_worker);
            return 0;
        }

        var grant = new LeaseGrant(_worker, LeaseToken.Format(_worker.Id, number, reply.Now), askedAt, reply.Now, _time);
        var at = 0;
        foreach (var run in reply.Taken)
        {
            var isSuspect = JobPriorities.IsSuspectLine(run.Line);
            if (_parts.Limits.Any)
            {
                reservation.Used(JobPriorities.QueueOf(run.Line).ToString(), run.Count);
            }

            Interlocked.Add(ref _held, run.Count);
            Interlocked.Add(ref _suspects, isSuspect ? run.Count : 0);
            for (var end = at + run.Count; at < end; at++)
            {
                _queue.Add(new Lease(grant, run.Line, isSuspect, reply.Ids[at], reply.Records[at]));
            }
        }

        _order.Took(reply.Taken, reply.Ids.Length >= limit);
        return reply.HasMore ? Math.Max(1, reply.Ids.Length) : reply.Ids.Length;
    }

    private void HandBackWaiting()
    {
        while (_paused.TryDequeue(out var queue))
        {
            foreach (var lease in _queue.TakeOf(queue))
            {
                HandBack(lease);
            }
        }

        while (_queue.TakeOlderThan(StaleAfter) is { } stale && HandBack(stale))
        {
            _keepsNothingAhead = true;
        }
    }

    /// <returns>False when the report buffer is full, because Redis is away: the job then waits here as well as there.</returns>
    private bool HandBack(Lease lease)
    {
        if (!_parts.Settler.TryAdd(Settlement.Release(lease)))
        {
            _queue.Add(lease);
            return false;
        }

        if (lease.TryClaim() && lease.TryEnd())
        {
            GiveFree(lease);
        }

        return true;
    }

    private void GiveFree(Lease lease)
    {
        Interlocked.Decrement(ref _held);
        _parts.Cancels.Forget(lease.IdText);
        var frees = lease.IsSuspect;
        if (lease.IsSuspect)
        {
            Interlocked.Decrement(ref _suspects);
        }

        if (_parts.Limits.Any && JobPriorities.QueueOf(lease.Line).ToString() is { } queue && _parts.Limits.IsLimited(queue))
        {
            _parts.Limits.Ended(queue);
            frees = true;
        }

        _capacity.Set();
        if (frees)
        {
            _wake.Set(); // The loop may be waiting for work that it had no room for.
        }
    }

    private async Task RejoinAsync()
    {
        _worker = await _parts.Fleet.JoinAsync(_stop.Token).ConfigureAwait(false);
        _reconciler.BeginAnew();
    }
}
