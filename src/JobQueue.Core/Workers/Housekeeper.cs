using System.Runtime.ExceptionServices;
using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Removes what is beyond its retention, in bounded steps: finished jobs, dead letters, and entries of indexes that nothing else
/// empties. What can't be removed, because a key is of another type, holds nothing else up.
/// </summary>
internal sealed class Housekeeper : MaintenanceLoop
{
    /// <summary>Calls for one list in one pass; then the turn is renewed and the next pass goes on.</summary>
    private const int MaxCalls = 50;

    /// <summary>Jobs that one call looks at: about 0.6 ms of the server's time, so that fetches beside it do not wait for long.</summary>
    private const int Step = TrimScript.MaxLimit;

    /// <summary>
    /// Each time that so many jobs have completed here those that are too many go at once: what goes soon after it was written is still near the server's
    /// processor, and a burst does not fill its memory.
    /// </summary>
    private const int Burst = 1_000;

    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(1);

    private readonly JobRetention _retention;
    private readonly TimeProvider _time;
    private readonly Func<CancellationToken, Task<bool>>[] _completedOnly;
    private readonly Func<CancellationToken, Task<bool>>[] _trims;
    private readonly Func<CancellationToken, Task<bool>>[] _all;
    private readonly Dictionary<string, string> _cursors = [];
    private long? _trimmed;
    private long? _pruned;
    private bool _warned;

    /// <summary>Whether the pass has found something to remove: then there is soon more.</summary>
    private bool _removed;

    /// <param name="turns">Whose turn it is.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="countShards">How many shards there are by now.</param>
    /// <param name="completed">How many jobs this process has completed on the shard.</param>
    /// <param name="options">The host's options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public Housekeeper(Turns turns, RedisShard shard, Func<int> countShards, CompletedCount completed, JobQueueOptions options, TimeProvider time, ILogger logger)
        : base(new TurnRequest("housekeep"), turns, shard, time, logger)
    {
        _retention = options.Retention;
        _time = time;
        _completedOnly = [token => TrimAsync(FinishedList.Completed(_retention.PartOf(countShards())), token)];
        _trims = [.. _completedOnly, token => TrimAsync(FinishedList.Cancelled(_retention.PartOf(countShards())), token), TrimDeadAsync];
        _all = [.. _trims, .. PruneScript.Indexes.Select(index => (Func<CancellationToken, Task<bool>>)(token => PruneAsync(index, token)))];
        completed.OnEach(Burst, Signal);
    }

    protected override async Task<TimeSpan> PassAsync(CancellationToken cancellationToken)
    {
        Exception? refused = null;
        var more = false;
        _removed = false;
        foreach (var duty in FindDue())
        {
            try
            {
                more |= await duty(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (RedisErrors.IsRefused(e))
            {
                refused ??= e;
            }
        }

        if (refused is not null)
        {
            ExceptionDispatchInfo.Throw(refused); // Told once, and tried again after a pause.
        }

        return more ? TimeSpan.Zero : _removed ? Interval : Rest;
    }

    private Func<CancellationToken, Task<bool>>[] FindDue()
        => IsDue(ref _pruned, PruneInterval) ? _all : IsDue(ref _trimmed, Interval) ? _trims : _completedOnly;

    private bool IsDue(ref long? last, TimeSpan interval)
    {
        if (last is { } at && _time.GetElapsedTime(at) < interval)
        {
            return false;
        }

        last = _time.GetTimestamp();
        return true;
    }

    /// <returns>Whether there is more to do at once.</returns>
    private async Task<bool> TrimAsync(FinishedList list, CancellationToken cancellationToken)
    {
        for (var call = 0; call < MaxCalls; call++)
        {
            var (removed, more) = await TrimScript.RunAsync(Shard, list, Step, cancellationToken).ConfigureAwait(false);
            _removed |= removed > 0;
            if (!more)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> TrimDeadAsync(CancellationToken cancellationToken)
    {
        var offset = 0;
        for (var call = 0; call < MaxCalls; call++)
        {
            var trimmed = await TrimDeadScript
                .RunAsync(Shard, _retention.DeadCount, _retention.DeadAge, Step, offset, cancellationToken)
                .ConfigureAwait(false);
            _removed |= trimmed.Removed > 0;
            if (!trimmed.More)
            {
                WarnOf(trimmed.Count);
                return false;
            }

            offset += trimmed.PassedOver;
        }

        // A pass that only met referenced ones would meet them again: it waits as one does that has nothing to do.
        return offset < MaxCalls * Step;
    }

    /// <summary>Once, until there are fewer again.</summary>
    private void WarnOf(long deadLetters)
    {
        var near = deadLetters > 0 && deadLetters >= _retention.DeadCount * 0.8;
        if (near && !_warned)
        {
            Log.DeadLettersNearLimit(Logger, deadLetters, _retention.DeadCount);
        }

        _warned = near;
    }

    private async Task<bool> PruneAsync(string index, CancellationToken cancellationToken)
    {
        var cursor = _cursors.GetValueOrDefault(index, PruneScript.Ends);
        for (var call = 0; call < MaxCalls; call++)
        {
            (cursor, _) = await PruneScript.RunAsync(Shard, index, cursor, cancellationToken).ConfigureAwait(false);
            _cursors[index] = cursor;
            if (cursor == PruneScript.Ends)
            {
                break;
            }
        }

        // What is left of a long index is for the next time: nobody misses the room in the meantime.
        return false;
    }
}
