using JobQueue.Redis;

namespace JobQueue.Enqueueing;

/// <summary>Jobs of one shard that one caller enqueues together; they travel in one call.</summary>
/// <remarks>
/// Its end is known to the lane at once, and to the caller when the thread pool comes to it, in the order in which units have ended: the pool's
/// own queue, not that of a thread, so that the lane can put itself behind them.
/// </remarks>
internal sealed class EnqueueUnit(ReadOnlyMemory<EnqueueItem> items) : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource<int[]> _answer = new();
    private int[] _duplicates = [];
    private Exception? _failure;
    private volatile bool _isRefused;

    public ReadOnlyMemory<EnqueueItem> Items { get; } = items;

    public CancellationToken CancellationToken { get; init; }

    /// <summary>Ends when it is on its way or will not be sent; null where nobody asks.</summary>
    public TaskCompletionSource? Sent { get; init; }

    /// <summary>One that was added before; when that has failed, this one is not sent.</summary>
    public EnqueueUnit? Follows { get; init; }

    /// <summary>Whether it is known that its jobs were not stored, or may not have been.</summary>
    public bool IsRefused => _isRefused;

    /// <summary>The positions that were refused because their ids exist.</summary>
    public Task<int[]> Answer => _answer.Task;

    public void Succeed(int[] duplicates)
    {
        _duplicates = duplicates;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Fail(Exception exception)
    {
        _failure = exception;
        _isRefused = true;
        Sent?.TrySetResult();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Cancel()
    {
        _isRefused = true;
        Sent?.TrySetResult();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Their ids, made anew by each call: an error needs them.</summary>
    public JobId[] ListIds() => BulkEnqueue.IdsOf(Items.Span);

    public long CountBytes()
    {
        long bytes = 0;
        foreach (ref readonly var item in Items.Span)
        {
            bytes += item.Record.Length;
        }

        return bytes;
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_failure is not null)
        {
            _answer.SetException(_failure);
        }
        else if (_isRefused)
        {
            _answer.SetCanceled(CancellationToken);
        }
        else
        {
            _answer.SetResult(_duplicates);
        }
    }
}
