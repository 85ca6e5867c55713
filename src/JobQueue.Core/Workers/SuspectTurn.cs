using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>
/// Whose turn it is to stop fetching for the sake of a suspect: one process of the fleet at a time, so that the others go on with
/// ordinary jobs. A turn that is not kept ends by itself. All pools of a process share it; the one that drains uses it.
/// </summary>
internal sealed class SuspectTurn(RedisShard shard, TimeProvider time)
{
    private static readonly TurnRequest[] Request = [new("suspects")];

    /// <summary>No more calls than this, however often a loop turns.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(1500);

    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly long _madeAt = time.GetTimestamp();
    private long _askedAt = long.MinValue;
    private volatile bool _has;

    /// <summary>Takes or keeps the turn; asks the server at most twice a second, and answers what it said last meanwhile.</summary>
    public async ValueTask<bool> KeepAsync(CancellationToken cancellationToken)
    {
        var now = (long)time.GetElapsedTime(_madeAt).TotalMilliseconds;
        var askedAt = Interlocked.Read(ref _askedAt);
        if ((askedAt >= 0 && now - askedAt < Interval.TotalMilliseconds) || Interlocked.CompareExchange(ref _askedAt, now, askedAt) != askedAt)
        {
            return _has;
        }

        _has = false; // Until the server has said so: an outage may have cost the turn.
        return _has = (await TurnScript.RunAsync(shard, _owner, Hold, Request, cancellationToken).ConfigureAwait(false))[0].IsHeld;
    }
}
