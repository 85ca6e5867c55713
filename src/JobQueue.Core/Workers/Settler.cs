using System.Threading.Channels;
using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Reports how leases ended, in batches: what arrives while a call is on its way goes out together in the next one.
/// A report is sent until Redis answers; while Redis is away reports wait here, and a full buffer makes executors wait.
/// </summary>
internal sealed class Settler(RedisShard shard, OpenLeases open, int bufferSize, CompletedCount completed, JobQueueMetrics metrics, TimeProvider time, ILogger logger) : IDisposable
{
    private const int MaxItems = 500;
    private const long MaxBytes = 1024 * 1024;

    private readonly Channel<Settlement> _buffer = Channel.CreateBounded<Settlement>(
        new BoundedChannelOptions(bufferSize) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly OutageLog _outage = new(logger, "settle", time);
    private readonly RefusalLog _refusals = new(logger, time);
    private readonly SettlementBatch<CompleteItem> _completes = new(MaxItems);
    private readonly SettlementBatch<SettleItem> _settles = new(MaxItems);
    private readonly SettlementBatch<ReleaseItem> _releases = new(MaxItems);
    private readonly Queue<Settlement> _first = new();
    private readonly CancellationTokenSource _giveUp = new();
    private Task _loop = Task.CompletedTask;
    private int _notStored;

    /// <summary>Reports that wait to be sent.</summary>
    public int Waiting => _buffer.Reader.Count;

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Hands a report over; waits while the buffer is full.</summary>
    public ValueTask AddAsync(Settlement settlement) => _buffer.Writer.WriteAsync(settlement);

    /// <summary>Hands a report over unless the buffer is full.</summary>
    public bool TryAdd(in Settlement settlement) => _buffer.Writer.TryWrite(settlement);

    /// <summary>Takes no more reports and sends those it has, until the token fires.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _buffer.Writer.TryComplete();
        await using (cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _giveUp).ConfigureAwait(false))
        {
            await _loop.ConfigureAwait(false);
        }

        _refusals.Flush();
        if (_notStored > 0)
        {
            Log.OutcomesNotStored(logger, _notStored);
        }
    }

    public void Dispose() => _giveUp.Dispose();

    private async Task RunAsync()
    {
        while (await TakeBatchAsync().ConfigureAwait(false))
        {
            await Task.WhenAll(
                SendAsync(_completes, static (shard, items, token) => CompleteScript.RunAsync(shard, items, token)),
                SendAsync(_settles, static (shard, items, token) => SettleScript.RunAsync(shard, items, token)),
                SendAsync(_releases, static (shard, items, token) => ReleaseScript.RunAsync(shard, items, token))).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TakeBatchAsync()
    {
        _completes.Clear();
        _settles.Clear();
        _releases.Clear();
        if (_first.Count == 0 && !await _buffer.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            return false;
        }

        long bytes = 0;
        var count = 0;
        while (count < MaxItems && (_first.TryDequeue(out var next) || _buffer.Reader.TryRead(out next)))
        {
            if (count > 0 && bytes + next.Record.Length > MaxBytes)
            {
                _first.Enqueue(next);
                break;
            }

            Sort(next);
            bytes += next.Record.Length;
            count++;
        }

        return true;
    }

    private void Sort(in Settlement settlement)
    {
        switch (settlement.Kind)
        {
            case SettlementKind.Complete:
                _completes.Add(settlement, settlement.ToComplete());
                break;
            case SettlementKind.Release:
                _releases.Add(settlement, settlement.ToRelease());
                break;
            default:
                _settles.Add(settlement, settlement.ToSettle());
                break;
        }
    }

    private async Task SendAsync<TItem>(
        SettlementBatch<TItem> batch, Func<RedisShard, IReadOnlyList<TItem>, CancellationToken, Task<ScriptStatus[]>> send)
    {
        for (var isFirst = true; batch.Count > 0; isFirst = false)
        {
            TimeSpan delay;
            try
            {
                var statuses = await send(shard, batch.Items, _giveUp.Token).ConfigureAwait(false);
                lock (_first)
                {
                    _outage.Succeeded();
                    Review(batch, statuses, isFirst);
                }

                return;
            }
            catch (Exception) when (_giveUp.IsCancellationRequested)
            {
                // Whatever it is: a client without a connection fails a call before it looks at its token.
                Interlocked.Add(ref _notStored, batch.Count);
                return;
            }
            catch (Exception e)
            {
                // Whatever it is, the report is kept: a job's outcome is never dropped while this process lives.
                lock (_first)
                {
                    delay = _outage.Failed(e);
                }
            }

            await Task.Delay(delay, time, _giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// A refused report is another worker's job now. One that would have let a cancelled job wait again comes back as
    /// cancelled, and is reported as that.
    /// </summary>
    private void Review<TItem>(SettlementBatch<TItem> batch, ScriptStatus[] statuses, bool isFirst)
    {
        var (refused, finished) = (0, 0);
        var firstRefused = "";
        for (var i = 0; i < statuses.Length; i++)
        {
            if (statuses[i] == ScriptStatus.Cancelled)
            {
                _first.Enqueue(AttemptReport.CancelInstead(batch[i]));
                continue;
            }

            // What a second sending finds done was done by the first, whose answer was lost.
            if (statuses[i] == ScriptStatus.Applied || (statuses[i] == ScriptStatus.AlreadyApplied && !isFirst))
            {
                batch[i].CountIn(metrics);
                finished += batch[i].Kind == SettlementKind.Complete ? 1 : 0;
            }

            open.Remove(batch[i].Lease);
            if (statuses[i] == ScriptStatus.Refused && refused++ == 0)
            {
                firstRefused = batch[i].Lease.IdText;
            }
        }

        completed.Add(finished);
        if (refused > 0)
        {
            _refusals.Add(refused, firstRefused);
        }
    }
}
