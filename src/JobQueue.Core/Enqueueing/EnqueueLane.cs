using System.Diagnostics;
using JobQueue.Diagnostics;
using JobQueue.Redis;
using Polly.Timeout;
using StackExchange.Redis;

namespace JobQueue.Enqueueing;

/// <summary>
/// Group commit on one shard: jobs that arrive while a call is on its way go out together in the next one. Alone, a job goes at once.
/// A batch carries a rising number and is sent unchanged until it is answered or given up, so that it takes effect once.
/// Safe to use from any thread.
/// </summary>
internal sealed class EnqueueLane(RedisCalls calls)
{
    public const int MaxJobs = 500;
    public const long MaxBytes = 1024 * 1024;

    private readonly string _producer = Guid.NewGuid().ToString("N");
    private readonly Lock _gate = new();
    private readonly Queue<EnqueueUnit> _waiting = new();
    private TaskCompletionSource? _flush;
    private long _batch;
    private bool _closed;

    /// <summary>Adds a unit of at most <see cref="MaxJobs"/> jobs; <see cref="EnqueueUnit.Answer"/> tells how it ended.</summary>
    public void Add(EnqueueUnit unit)
    {
        Debug.Assert(unit.Items.Length is > 0 and <= MaxJobs, "A unit travels in one call.");
        TaskCompletionSource flush;
        lock (_gate)
        {
            if (_closed)
            {
                throw Errors.Stopped();
            }

            _waiting.Enqueue(unit);
            if (_flush is not null)
            {
                return;
            }

            flush = _flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        Start(flush);
    }

    /// <summary>Takes no more jobs, and waits until those on their way are answered.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            return _flush?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>The first call leaves on the thread of the caller that began the loop: another would have to be woken for it. <see cref="CloseAsync"/> waits for its end.</summary>
    private void Start(TaskCompletionSource flush)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = FlushAsync(flush);
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            // The loop serves every caller, so it belongs to none's context.
            _ = FlushAsync(flush);
        }
    }

    private async Task FlushAsync(TaskCompletionSource flush)
    {
        try
        {
            var units = new List<EnqueueUnit>();
            while (TakeBatch(units))
            {
                await SendAsync(units).ConfigureAwait(false);
                if (units.Count > 1)
                {
                    await RunBehindAnswersAsync().ConfigureAwait(false);
                }
            }
        }
        finally
        {
            flush.SetResult();
        }
    }

    /// <summary>
    /// Lets callers run who have just been answered: those who enqueue again are in the next call then, and not in the one after it. Unlike a yield it
    /// never goes on in a caller's context.
    /// </summary>
    private static Task RunBehindAnswersAsync()
    {
        var turn = new TaskCompletionSource();
        ThreadPool.UnsafeQueueUserWorkItem(static turn => turn.SetResult(), turn, preferLocal: false);
        return turn.Task;
    }

    private bool TakeBatch(List<EnqueueUnit> units)
    {
        units.Clear();
        var jobs = 0;
        long bytes = 0;
        lock (_gate)
        {
            while (_waiting.TryPeek(out var next))
            {
                if (next.CancellationToken.IsCancellationRequested || next.Follows is { IsRefused: true })
                {
                    _waiting.Dequeue();
                    next.Cancel();
                    continue;
                }

                var size = next.CountBytes();
                if (jobs > 0 && (jobs + next.Items.Length > MaxJobs || bytes + size > MaxBytes))
                {
                    break;
                }

                units.Add(_waiting.Dequeue());
                jobs += next.Items.Length;
                bytes += size;
            }

            if (units.Count == 0)
            {
                _flush = null;
            }

            return units.Count > 0;
        }
    }

    private async Task SendAsync(List<EnqueueUnit> units)
    {
        var items = units.Count == 1 ? units[0].Items : Join(units);
        var arguments = EnqueueScript.Arguments(_producer, ++_batch, items.Span);
        var mayHaveArrived = false;
        try
        {
            var sending = calls.StoreRawAsync(
                async (shard, batch, token) =>
                {
                    try
                    {
                        var answer = await EnqueueScript.RunAsync(shard, batch, token).ConfigureAwait(false);
                        mayHaveArrived = true; // Also when the wait for replicas fails after it.
                        return answer;
                    }
                    catch (Exception e) when (MayHaveArrived(e))
                    {
                        mayHaveArrived = true;
                        throw;
                    }
                },
                arguments,
                CancellationToken.None);
            foreach (var unit in units)
            {
                unit.Sent?.TrySetResult();
            }

            var (status, duplicates) = await sending.ConfigureAwait(false);
            if (status == ScriptStatus.Stale)
            {
                throw new InvalidOperationException("a later batch of this producer was stored before this one");
            }

            Answer(units, duplicates);
        }
        catch (Exception e)
        {
            foreach (var unit in units)
            {
                unit.Fail(Translate(e, unit, mayHaveArrived));
            }
        }
    }

    private static bool MayHaveArrived(Exception e) => e switch
    {
        RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection or ConnectionFailureType.UnableToConnect } => false,
        OperationCanceledException => true,
        _ => RedisErrors.IsUnanswered(e),
    };

    private static Exception Translate(Exception e, EnqueueUnit unit, bool mayHaveArrived) => e switch
    {
        JobQueueUnavailableException => Errors.EnqueueFailed(e.InnerException ?? e, unit.ListIds(), mayHaveArrived),
        JobQueueException => e,
        TooFewReplicasException few => Errors.NotOnReplicas("enqueue", few, unit.ListIds()),
        _ when RedisErrors.IsFull(e) => Errors.RedisFull("enqueue", e, unit.ListIds()),
        _ when RedisErrors.IsPassing(e) || e is TimeoutRejectedException or InvalidOperationException => Errors.EnqueueFailed(e, unit.ListIds(), mayHaveArrived),
        RedisException => Errors.ScriptFailed("enqueue", e),
        _ => e,
    };

    private static void Answer(List<EnqueueUnit> units, int[] duplicates)
    {
        var first = 0;
        foreach (var unit in units)
        {
            unit.Succeed(duplicates.Length == 0 ? [] : WithinUnit(duplicates, first, unit.Items.Length));
            first += unit.Items.Length;
        }
    }

    private static int[] WithinUnit(int[] duplicates, int first, int length)
    {
        var within = new List<int>();
        foreach (var position in duplicates)
        {
            if (position >= first && position < first + length)
            {
                within.Add(position - first);
            }
        }

        return [.. within];
    }

    private static EnqueueItem[] Join(List<EnqueueUnit> units)
    {
        var count = 0;
        foreach (var unit in units)
        {
            count += unit.Items.Length;
        }

        var items = new EnqueueItem[count];
        var at = 0;
        foreach (var unit in units)
        {
            unit.Items.CopyTo(items.AsMemory(at));
            at += unit.Items.Length;
        }

        return items;
    }
}
