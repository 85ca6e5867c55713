using System.Threading.Channels;
using JobQueue.DeadLetters;
using JobQueue.Diagnostics;
using JobQueue.Handlers;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>What every slot of a pool works with.</summary>
/// <param name="Leases">Where leased jobs come from.</param>
/// <param name="Handlers">The handlers of this process.</param>
/// <param name="Runner">Runs attempts.</param>
/// <param name="Report">Makes settlements.</param>
/// <param name="Unknown">Decides about jobs without a handler here.</param>
/// <param name="Cancels">Who was asked to stop.</param>
/// <param name="LeaseEnded">Gives a lease's place free.</param>
/// <param name="StopRequested">A running handler was asked to stop.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The pool's log.</param>
internal sealed record ExecutorParts(
    LeaseQueue Leases,
    HandlerRegistry Handlers,
    AttemptRunner Runner,
    AttemptReport Report,
    UnknownHandlers Unknown,
    CancelRequests Cancels,
    Action<Lease> LeaseEnded,
    Action<Executor, Lease> StopRequested,
    TimeProvider Time,
    ILogger Logger);

/// <summary>
/// One slot of the pool: takes a lease, runs its handler, hands over how it ended, takes the next. Each attempt has an
/// asynchronous method, and so an <see cref="ExecutionContext"/>, of its own: nothing ambient leaks into the next job.
/// </summary>
internal sealed class Executor : IDisposable
{
    /// <summary>After so many jobs in a row that needed no wait, other work of the pool's threads comes first: replies of Redis among it.</summary>
    private const int JobsInARow = 16;

    private static readonly TimeSpan HandBackDelay = TimeSpan.FromSeconds(2);

    /// <summary>How long a job waits whose handler runs as often as its limit allows, outside the queue that the limit belongs to.</summary>
    private static readonly TimeSpan LimitDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ExecutorParts _parts;
    private readonly Action<Lease> _stopRequested;
    private readonly LeaseWaiter _waiter = new();
    private readonly AttemptClock _clock;
    private volatile Lease? _current;
    private volatile bool _stopping;
    private volatile bool _retired;
    private int _handedBack;

    public Executor(ExecutorParts parts)
    {
        _parts = parts;
        _clock = new AttemptClock(parts.Time);
        _stopRequested = lease => parts.StopRequested(this, lease);
    }

    /// <summary>The lease whose handler is running, if any.</summary>
    public Lease? Current => _current;

    /// <summary>Ends when there are no more leases, or when this slot was replaced and its handler has ended at last.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>How many leases this slot handed back unfinished.</summary>
    public int HandedBack => Volatile.Read(ref _handedBack);

    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
        {
            Completion = Task.Run(RunAsync);
        }
    }

    /// <summary>From now on leases are handed back instead of being started.</summary>
    public void StopStarting() => _stopping = true;

    /// <summary>Another slot takes this one's place: it takes no more leases.</summary>
    /// <returns>False when the handler has ended meanwhile, so that the slot goes on.</returns>
    public bool TryRetire(Lease lease)
    {
        lock (_gate)
        {
            return _current == lease && (_retired = true);
        }
    }

    /// <summary>
    /// Reports what this slot runs without waiting for its handler any longer; what the handler reports later is dropped.
    /// </summary>
    /// <returns>Whether there was something to give up.</returns>
    public async ValueTask<bool> AbandonAsync(Lease lease)
    {
        if (_current != lease || lease is not { Record: { } record, Attempt: { } attempt } || !lease.TryClaim())
        {
            return false;
        }

        Log.JobAbandoned(_parts.Logger, record.Id, record.Name, lease.StopReason);
        var error = new TimeoutException("The handler went on after its token had fired, and was given up.");
        try
        {
            if (_parts.Report.Ended(lease, record, attempt, result: null, error) is { } settlement)
            {
                await AddAsync(settlement).ConfigureAwait(false);
            }
        }
        catch (ChannelClosedException)
        {
            // The pool has stopped before there was room for the report: the job runs again when the lease is over.
        }

        _parts.LeaseEnded(lease);
        return true;
    }

    public void Dispose() => _clock.Dispose();

    private async Task RunAsync()
    {
        var (isAwake, inARow) = (false, 0);
        while (!_retired && _parts.Leases.TryTakeOrSleep(_waiter, isAwake, out var lease))
        {
            isAwake = lease is null;
            if (lease is null)
            {
                inARow = 0;
                await _waiter.WaitAsync().ConfigureAwait(false);
                continue;
            }

            var handling = HandleAsync(lease);
            inARow = handling.IsCompleted ? inARow + 1 : 0;
            await handling.ConfigureAwait(false);
            if (inARow == JobsInARow)
            {
                inARow = 0;
                await Task.Yield();
            }
        }
    }

    private async Task HandleAsync(Lease lease)
    {
        try
        {
            if (await ProcessAsync(lease).ConfigureAwait(false) is { } settlement)
            {
                await AddAsync(settlement).ConfigureAwait(false);
            }
        }
        catch (ChannelClosedException)
        {
            // The pool has stopped and no longer waits for this slot.
        }
        catch (Exception e)
        {
            // Whatever it is: the slot must go on, and the job must not stay leased.
            Log.LoopFailed(_parts.Logger, "execute", e);
            await HandBackAfterErrorAsync(lease).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _current = null;
            }

            _parts.LeaseEnded(lease);
        }
    }

    private ValueTask AddAsync(in Settlement settlement)
    {
        if (settlement.Kind == SettlementKind.Release)
        {
            Interlocked.Increment(ref _handedBack);
        }

        return settlement.Lease.Grant.Home.Settler.AddAsync(settlement);
    }

    /// <summary>A defect of ours must not keep the job leased for as long as this worker lives.</summary>
    private static async ValueTask HandBackAfterErrorAsync(Lease lease)
    {
        if (lease.TryClaim())
        {
            await lease.Grant.Home.Settler.AddAsync(Settlement.Release(lease, HandBackDelay)).ConfigureAwait(false);
        }
    }

    /// <returns>How the lease ends; null when it has been lost or somebody else has claimed it.</returns>
    private async ValueTask<Settlement?> ProcessAsync(Lease lease)
    {
        if (lease.Worker.IsLost)
        {
            return null;
        }

        string? problem = null;
        if (!JobId.TryParse(lease.IdBytes, out var id) || JobRecordReader.TryRead(id, lease.RecordBytes, out problem) is not { } record)
        {
            return Claimed(lease, _parts.Report.BuryUnreadable(lease, id, problem ?? "its id is not 32 hex digits"));
        }

        lease.Record = record;
        lease.StopRequested = _stopRequested;
        _current = lease; // Before the look at the requests: whoever cancels looks the other way round.
        if (WhyNotToRun(lease, record) is { } settlement)
        {
            return Claimed(lease, settlement);
        }

        if (_parts.Handlers.Find(record.Name) is not { } handler)
        {
            return Claimed(lease, await _parts.Unknown.SettleAsync(lease, record).ConfigureAwait(false));
        }

        if (handler.Limit is null)
        {
            return await _parts.Runner.RunAsync(lease, record, handler, _clock).ConfigureAwait(false);
        }

        return handler.Limit.TryEnter()
            ? await RunLimitedAsync(lease, record, handler, handler.Limit).ConfigureAwait(false)
            : Claimed(lease, Settlement.Release(lease, LimitDelay));
    }

    private async Task<Settlement?> RunLimitedAsync(Lease lease, JobRecord record, HandlerRegistration handler, HandlerLimit limit)
    {
        try
        {
            return await _parts.Runner.RunAsync(lease, record, handler, _clock).ConfigureAwait(false);
        }
        finally
        {
            limit.Leave();
        }
    }

    private Settlement? WhyNotToRun(Lease lease, JobRecord record)
    {
        if (record.Status is not null)
        {
            return AttemptReport.SayAgain(lease, record);
        }

        if (_parts.Cancels.Contains(lease))
        {
            return AttemptReport.Cancel(lease, record);
        }

        if (_stopping)
        {
            return Settlement.Release(lease);
        }

        var now = lease.Grant.ServerNow;
        if (record.Deadline is { } deadline && now >= deadline)
        {
            return _parts.Report.Bury(lease, record, DeathReason.DeadlinePassed(deadline));
        }

        return record.ExpiresAfterMs is { } expires && now - record.DueAt > expires
            ? _parts.Report.Bury(lease, record, DeathReason.Expired(record.DueAt, TimeSpan.FromMilliseconds(expires), now))
            : null;
    }

    private static Settlement? Claimed(Lease lease, Settlement settlement) => lease.TryClaim() ? settlement : null;
}
