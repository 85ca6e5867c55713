using System.Threading.Channels;
using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Reports how leases ended, in batches: what arrives while a call is on its way goes out together in the next one.
/// A report is sent until Redis answers; while Redis is away reports wait here, and a full buffer makes executors wait.
/// </summary>
internal sealed class Settler(RedisShard shard, TimeProvider time, ILogger logger) : IDisposable
{
    private const int BufferSize = 10_000;
    private const int MaxItems = 500;
    private const long MaxBytes = 1024 * 1024;

    private readonly Channel<Settlement> _buffer = Channel.CreateBounded<Settlement>(
        new BoundedChannelOptions(BufferSize) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly OutageLog _outage = new(logger, "settle");
    private readonly List<CompleteItem> _completes = new(MaxItems);
    private readonly List<SettleItem> _settles = new(MaxItems);
    private readonly List<ReleaseItem> _releases = new(MaxItems);
    private readonly CancellationTokenSource _giveUp = new();
    private Task _loop = Task.CompletedTask;
    private Settlement? _heldOver;
    private int _notStored;

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Hands a report over; waits while the buffer is full.</summary>
    public ValueTask AddAsync(Settlement settlement) => _buffer.Writer.WriteAsync(settlement);

    /// <summary>Takes no more reports and sends those it has, until the token fires.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _buffer.Writer.TryComplete();
        await using (cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _giveUp).ConfigureAwait(false))
        {
            await _loop.ConfigureAwait(false);
        }

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
                SendAsync(_completes, static (shard, items, token) => CompleteScript.RunAsync(shard, items, token), static item => item.Id),
                SendAsync(_settles, static (shard, items, token) => SettleScript.RunAsync(shard, items, token), static item => item.Id),
                SendAsync(_releases, static (shard, items, token) => ReleaseScript.RunAsync(shard, items, token), static item => item.Id))
                .ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TakeBatchAsync()
    {
        _completes.Clear();
        _settles.Clear();
        _releases.Clear();
        if (_heldOver is null && !await _buffer.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            return false;
        }

        long bytes = 0;
        var count = 0;
        while (count < MaxItems && (_heldOver is { } next || _buffer.Reader.TryRead(out next)))
        {
            if (count > 0 && bytes + next.Record.Length > MaxBytes)
            {
                _heldOver = next;
                break;
            }

            _heldOver = null;
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
                _completes.Add(settlement.ToComplete());
                break;
            case SettlementKind.Release:
                _releases.Add(settlement.ToRelease());
                break;
            default:
                _settles.Add(settlement.ToSettle());
                break;
        }
    }

    private async Task SendAsync<TItem>(
        List<TItem> items, Func<RedisShard, IReadOnlyList<TItem>, CancellationToken, Task<ScriptStatus[]>> send, Func<TItem, string> idOf)
    {
        while (items.Count > 0)
        {
            TimeSpan delay;
            try
            {
                var statuses = await send(shard, items, _giveUp.Token).ConfigureAwait(false);
                _outage.Succeeded();
                ReportRefused(items, statuses, idOf);
                return;
            }
            catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
            {
                Interlocked.Add(ref _notStored, items.Count);
                return;
            }
            catch (Exception e)
            {
                // Whatever it is, the report is kept: a job's outcome is never dropped while this process lives.
                delay = _outage.Failed(e);
            }

            await Task.Delay(delay, time, _giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void ReportRefused<TItem>(List<TItem> items, ScriptStatus[] statuses, Func<TItem, string> idOf)
    {
        for (var i = 0; i < statuses.Length; i++)
        {
            if (statuses[i] == ScriptStatus.Refused)
            {
                Log.OutcomeRefused(logger, idOf(items[i]));
            }
        }
    }
}
