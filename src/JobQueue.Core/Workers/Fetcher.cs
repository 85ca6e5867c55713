using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Keeps the slots supplied from one shard: leases as many jobs as there are free slots, and a few ahead while jobs are short.
/// One fetch is on its way at a time. A fetch without an answer is reconciled before the next, so that what it may have
/// leased waits again. Takes a new identity when this worker was declared lost.
/// </summary>
internal sealed partial class Fetcher : IDisposable
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
    private readonly SuspectSeat _seat;
    private readonly SuspectTrial _suspects;
    private readonly Func<long> _nextFetch;
    private readonly Func<bool> _isSuspectOver;
    private readonly AsyncSignal _wake;
    private readonly AsyncSignal _capacity;
    private readonly FetchSeat _place;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Makes one step of a change of loops, of the number of a fetch, and of taking its answer.</summary>
    private readonly Lock _handover = new();
    private Task _loop = Task.CompletedTask;
    private Reservation? _reserved;
    private RoomTaken? _room;
    private volatile WorkerIdentity _worker;
    private long _lastTurn;
    private long _lastAnswer;
    private long _suspectRotation;
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
        _audit = new LeaseAudit(parts.Shard, parts.Home.Open, parts.Undertaker, time, logger);
        _wake = new AsyncSignal(time);
        _capacity = new AsyncSignal(time);
        _seat = parts.Suspects.Gate.Join(HoldsNothing, Wake);
        _suspects = new SuspectTrial(_seat, parts.Suspects.Turn, time, logger);
        (_nextFetch, _isSuspectOver) = (_reconciler.NextFetch, IsSuspectOver);
        _worker = parts.Fleet.Current;
        _lastTurn = _lastAnswer = time.GetTimestamp();
        _place = parts.Room.Join(_capacity.Set, _wake.Set); // It may be waiting for work that it had no room for.
    }

    /// <summary>How long ago the loop last finished a round trip, a failed one too, or a wait for work or room.</summary>
    public TimeSpan SinceLastTurn => _time.GetElapsedTime(Volatile.Read(ref _lastTurn));

    /// <summary>How long ago a fetch was last answered, or there was no room for one: a loop may turn, and fail every time.</summary>
    public TimeSpan SinceLastAnswer => _time.GetElapsedTime(Volatile.Read(ref _lastAnswer));

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

                if (_room is { } room)
                {
                    _parts.Room.Return(room);
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
    /// Fetches no more. When it returns, no fetch is on its way unless the loop is stalled.
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

        _suspects.Stop();
        _parts.Room.Leave(_place);
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
            _parts.Room.Leave(_place);
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
        var step = await _suspects.NextAsync(_parts.Slots.Count > 0, _isSuspectOver, _stop.Token).ConfigureAwait(false);
        var limit = step == FetchStep.Suspect ? 1 : step == FetchStep.Wait ? 0 : TakeRoom();
        if (_suspects.HandsBack)
        {
            _stock.HandBackAll();
        }

        if (limit == 0)
        {
            Volatile.Write(ref _lastAnswer, _time.GetTimestamp());
            await _capacity.WaitAsync(_suspects.Until(_stock.UntilStale(_options.PollInterval)), _stop.Token).ConfigureAwait(false);
        }
        else if (await FetchAsync(limit, generation, step).ConfigureAwait(false) && !_worker.IsLost && !_suspects.IsDue)
        {
            await _wake.WaitAsync(_suspects.Until(_stock.UntilStale(_options.PollInterval)), _stop.Token).ConfigureAwait(false);
        }
    }

    private int TakeRoom()
    {
        _room = _parts.Room.Take(_place, _parts.Slots.Count, _parts.Durations.Ahead(_parts.Pool.MaxPrefetch, _parts.Slots.Count), MaxFetch);
        return _room?.Jobs ?? 0;
    }

    /// <summary>
    /// For the gate: looks first whether an answer is missing, because what an answer brings is held before it counts as answered. What
    /// handlers of lost leases do counts too, until they are given up.
    /// </summary>
    private bool HoldsNothing() => _reconciler.IsSettled && _parts.Home.Open.IsEmpty && _stock.Held == 0;

    private bool IsSuspectOver() => _reconciler.IsSettled && _parts.Home.Open.IsEmpty;

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
                _parts.Home.Open.RemoveOf(lost);
            }
        }
    }
}
