using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Keeps the slots supplied: leases as many jobs as there are free slots, and a few ahead while jobs are short.
/// One fetch is on its way at a time. A fetch without an answer is reconciled before the next, so that what it may have
/// leased waits again. Takes a new identity when this worker was declared lost.
/// </summary>
internal sealed class Fetcher : IDisposable
{
    private const int MaxFetch = 500;

    private readonly FetcherParts _parts;
    private readonly LeaseStock _stock;
    private readonly JobQueueOptions _options;
    private readonly TimeProvider _time;
    private readonly OutageLog _outage;
    private readonly PriorityOrder _order;
    private readonly Reconciler _reconciler;
    private readonly LeaseAudit _audit;
    private readonly AsyncSignal _wake;
    private readonly AsyncSignal _capacity;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Makes one step of a change of loops, of the number of a fetch, and of taking its answer.</summary>
    private readonly Lock _handover = new();
    private Task _loop = Task.CompletedTask;
    private Reservation? _reserved;
    private volatile WorkerIdentity _worker;
    private long _lastTurn;
    private int _generation;

    public Fetcher(FetcherParts parts, JobQueueOptions options, TimeProvider time, ILogger logger)
    {
        _parts = parts;
        _stock = parts.Stock;
        _options = options;
        _time = time;
        _outage = new OutageLog(logger, "fetch", time);
        _order = new PriorityOrder(parts.Pool.Weights);
        _reconciler = new Reconciler(parts.Shard, parts.Undertaker, _outage, time);
        _audit = new LeaseAudit(parts.Shard, parts.Open, parts.Undertaker, logger);
        _wake = new AsyncSignal(time);
        _capacity = new AsyncSignal(time);
        _worker = parts.Fleet.Current;
        _lastTurn = time.GetTimestamp();
        _stock.Freed = OnFreed;
    }

    /// <summary>How long ago the loop last finished a round trip, a failed one too, or a wait for work or room.</summary>
    public TimeSpan SinceLastTurn => _time.GetElapsedTime(Volatile.Read(ref _lastTurn));

    /// <summary>Lets a test hold the loop when a fetch has its number and is about to be sent.</summary>
    internal Func<Task>? BeforeFetch { get; set; }

    /// <summary>Lets a test hold the loop when an answer has arrived and is about to be taken.</summary>
    internal Func<Task>? BeforeTake { get; set; }

    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
        {
            lock (_handover)
            {
                var generation = ++_generation;
                if (_reserved is { } reserved)
                {
                    _parts.Limits.Return(reserved);
                }

                Volatile.Write(ref _lastTurn, _time.GetTimestamp());
                _loop = Task.Run(() => RunAsync(generation));
            }
        }
    }

    /// <summary>
    /// Starts the loop anew beside one that no longer turns; should that one go on after all, it ends. What its fetch leases is
    /// handed back first: its number was given before this, and no later one is given to it.
    /// </summary>
    public void Restart()
    {
        if (!_stop.IsCancellationRequested)
        {
            Start();
        }
    }

    /// <summary>
    /// Fetches no more. When it returns, no fetch is on its way unless the loop is stalled, what no slot has taken is handed back, and
    /// the slots end after what is left.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);

        // A fetch that is on its way and two tries to reconcile it; a loop that takes longer is stalled, and the stop goes on.
        await _loop.WaitAsync(_options.CallTimeout * 4, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_handover)
        {
            _generation++;
        }

        _stock.HandBackAll();
        _stock.Queue.Complete();
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>Someone put a job where this worker looks, or this worker is lost.</summary>
    public void Wake()
    {
        _wake.Set();
        _capacity.Set();
    }

    /// <summary>A queue was paused: jobs of it that have not started go back.</summary>
    public void OnPaused(string queue)
    {
        _stock.Pause(queue);
        Wake();
    }

    private void OnFreed(bool makesRoom)
    {
        _capacity.Set();
        if (makesRoom)
        {
            _wake.Set(); // The loop may be waiting for work that it had no room for.
        }
    }

    private async Task RunAsync(int generation)
    {
        var goesOn = () => Turns(generation);
        await _reconciler.RunAsync(_worker, goesOn, _stop.Token).ConfigureAwait(false);
        while (!_stop.IsCancellationRequested && Turns(generation))
        {
            await StepAsync(generation, goesOn).ConfigureAwait(false);
        }

        await _reconciler.RunAsync(_worker, goesOn, _stop.Token).ConfigureAwait(false);
    }

    /// <summary>Says that the loop turns, unless another has taken its place.</summary>
    private bool Turns(int generation)
    {
        if (generation != Volatile.Read(ref _generation))
        {
            return false;
        }

        Volatile.Write(ref _lastTurn, _time.GetTimestamp());
        return true;
    }

    private async Task StepAsync(int generation, Func<bool> goesOn)
    {
        TimeSpan delay;
        try
        {
            await WorkAsync(generation).ConfigureAwait(false);
            return;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            delay = _outage.Failed(e);
        }

        await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _reconciler.RunAsync(_worker, goesOn, _stop.Token).ConfigureAwait(false);
    }

    private async Task WorkAsync(int generation)
    {
        if (_worker.IsLost)
        {
            await RejoinAsync(generation).ConfigureAwait(false);
        }

        if (_audit.IsDue && !_worker.IsLost)
        {
            await _audit.RunAsync(_worker).ConfigureAwait(false);
        }

        _stock.HandBackWaiting();
        var limit = FreeSlots();
        if (limit == 0)
        {
            await _capacity.WaitAsync(_stock.UntilStale(_options.PollInterval), _stop.Token).ConfigureAwait(false);
        }
        else if (await FetchAsync(limit, generation).ConfigureAwait(false) == 0 && !_worker.IsLost)
        {
            await _wake.WaitAsync(_stock.UntilStale(_options.PollInterval), _stop.Token).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Free slots plus what is worth leasing ahead. While something waits here already, small rests are left to gather, so that
    /// a fetch is worth its round trip.
    /// </summary>
    private int FreeSlots()
    {
        var held = _stock.Held;
        var slots = _parts.Slots.Count;
        var prefetch = _stock.KeepsNothingAhead ? 0 : _parts.Durations.Prefetch(_parts.Pool.MaxPrefetch);
        var free = Math.Min(MaxFetch, slots + prefetch - held);
        return held > slots && free < (prefetch + 1) / 2 ? 0 : Math.Max(0, free);
    }

    /// <returns>How many jobs were leased; more than none also when the server has more to look at.</returns>
    private async Task<int> FetchAsync(int limit, int generation)
    {
        if (Begin(generation) is not { } trip)
        {
            return 0; // Another loop has taken over.
        }

        try
        {
            if (BeforeFetch is { } hold)
            {
                await hold().ConfigureAwait(false);
            }

            var request = new FetchRequest(
                _worker.Id, trip.Number, limit, _options.PollInterval, _order.Next(trip.Reservation.Suspect), trip.Number, trip.Reservation.Room, _parts.Pool.Queues);

            // Not cancelled by a stop: an answer that is on its way is taken, so that its jobs can be handed back.
            var askedAt = _time.GetTimestamp();
            var reply = await FetchScript.RunAsync(_parts.Shard, request, CancellationToken.None).ConfigureAwait(false);
            if (BeforeTake is { } holdAgain)
            {
                await holdAgain().ConfigureAwait(false);
            }

            return Take(trip, reply, limit, askedAt);
        }
        finally
        {
            _parts.Limits.Return(trip.Reservation);
        }
    }

    private Trip? Begin(int generation)
    {
        lock (_handover)
        {
            if (generation != _generation)
            {
                return null;
            }

            _reserved = _parts.Limits.Reserve(_parts.Pool);
            return new Trip(generation, _reconciler.NextFetch(), _reserved);
        }
    }

    private int Take(in Trip trip, in FetchReply reply, int limit, long askedAt)
    {
        if (reply.Status == ScriptStatus.Lost)
        {
            _parts.Fleet.OnLost(_worker);
            return 0;
        }

        lock (_handover)
        {
            if (trip.Generation != _generation)
            {
                return 0; // The loop that has taken over hands back what this one leased.
            }

            _outage.Succeeded();
            if (reply.Status != ScriptStatus.Stale)
            {
                _reconciler.Answered(trip.Number);
            }

            var token = LeaseToken.Format(_worker.Id, trip.Number, reply.Now);
            _stock.Add(new LeaseGrant(_worker, token, askedAt, reply.Now, _time), reply, trip.Reservation);
            _order.Took(reply.Taken, reply.Ids.Length >= limit || FetchScript.IsCutByBytes(reply));
        }

        return reply.HasMore ? Math.Max(1, reply.Ids.Length) : reply.Ids.Length;
    }

    private async Task RejoinAsync(int generation)
    {
        var lost = _worker;
        var worker = await _parts.Fleet.JoinAsync(_stop.Token).ConfigureAwait(false);
        lock (_handover)
        {
            if (generation == _generation)
            {
                _worker = worker;
                _reconciler.BeginAnew();
                _parts.Open.RemoveOf(lost);
            }
        }
    }

    /// <summary>One fetch.</summary>
    /// <param name="Generation">The loop that sends it.</param>
    /// <param name="Number">Rising per worker.</param>
    /// <param name="Reservation">What it may lease of limited queues.</param>
    private readonly record struct Trip(int Generation, long Number, Reservation Reservation);
}
