using System.Threading.Channels;
using JobQueue.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// One slot of the pool: takes a lease, runs its handler, hands over how it ended, takes the next. Each attempt has an
/// asynchronous method, and so an <see cref="ExecutionContext"/>, of its own: nothing ambient leaks into the next job.
/// </summary>
internal sealed class Executor(
    ChannelReader<Lease> leases, AttemptRunner runner, Settler settler, Action leaseEnded, ILogger logger)
{
    private static readonly TimeSpan HandBackDelay = TimeSpan.FromSeconds(2);

    private volatile Lease? _current;
    private volatile bool _stopping;

    /// <summary>The lease whose handler is running, if any.</summary>
    public Lease? Current => _current;

    /// <summary>Ends when there are no more leases.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>How many leases this slot handed back unfinished.</summary>
    public int HandedBack { get; private set; }

    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
        {
            Completion = Task.Run(RunAsync);
        }
    }

    /// <summary>From now on leases are handed back instead of being started.</summary>
    public void StopStarting() => _stopping = true;

    /// <summary>Hands back what this slot runs without waiting for its handler any longer; what the handler reports later is dropped.</summary>
    public async ValueTask AbandonAsync()
    {
        if (_current is { Record: { } record } lease && lease.TryClaim())
        {
            Log.JobAbandoned(logger, record.Id, record.Name);
            HandedBack++;
            await settler.AddAsync(Settlement.Release(lease, record.Line)).ConfigureAwait(false);
        }
    }

    private async Task RunAsync()
    {
        await foreach (var lease in leases.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                if (await ProcessAsync(lease).ConfigureAwait(false) is { } settlement && lease.TryClaim())
                {
                    HandedBack += settlement.Kind == SettlementKind.Release ? 1 : 0;
                    await settler.AddAsync(settlement).ConfigureAwait(false);
                }
            }
            catch (ChannelClosedException)
            {
                // The pool has stopped and no longer waits for this slot.
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.LoopFailed(logger, "execute", e);
                await HandBackAfterErrorAsync(lease).ConfigureAwait(false);
            }
            finally
            {
                _current = null;
                leaseEnded();
            }
        }
    }

    /// <summary>A defect of ours must not keep the job leased for as long as this worker lives.</summary>
    private async ValueTask HandBackAfterErrorAsync(Lease lease)
    {
        if (lease.Record is { } record && lease.TryClaim())
        {
            await settler.AddAsync(Settlement.Release(lease, record.Line, HandBackDelay)).ConfigureAwait(false);
        }
    }

    /// <returns>How the lease ends, or null when it has been lost and is not this worker's to report.</returns>
    private async Task<Settlement?> ProcessAsync(Lease lease)
    {
        if (lease.Worker.IsLost)
        {
            return null;
        }

        string? problem = null;
        if (!JobId.TryParse(lease.IdText, out var id) || JobRecordReader.TryRead(id, lease.RecordBytes, out problem) is not { } record)
        {
            return runner.BuryUnreadable(lease, id, problem ?? "its id is not 32 hex digits");
        }

        lease.Record = record;
        if (record.Status is { } status)
        {
            // An id can stand twice in a list after an enqueue or a settle that stopped half-way. The job has ended: say so again.
            return status == TerminalStatus.Failed ? Settlement.Bury(lease, record) : Settlement.Complete(lease, record);
        }

        if (_stopping)
        {
            return Settlement.Release(lease, record.Line);
        }

        if (runner.FindHandler(record.Name) is not { } handler)
        {
            Log.HandlerUnknown(logger, id, record.Name, HandBackDelay);
            return Settlement.Release(lease, record.Line, HandBackDelay);
        }

        _current = lease;
        return await runner.RunAsync(lease, record, handler).ConfigureAwait(false);
    }
}
