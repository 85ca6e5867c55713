using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Enqueueing;

/// <summary>
/// Takes jobs to their shards: each has lanes of its own, so that one whose server is away holds no other up. Safe to use from any thread.
/// </summary>
internal sealed class Enqueuer(RedisCalls calls) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly EnqueueLane?[] _lanes = new EnqueueLane?[2 * RedisShards.Most];
    private bool _closed;

    /// <summary>The lane of the shard that a job is on.</summary>
    public EnqueueLane LaneOf(JobId id) => At(id.Shard);

    /// <summary>Another lane of the same shard: what is sent on one does not wait for the answer of what is sent on the other.</summary>
    public EnqueueLane SecondLaneOf(JobId id) => At(RedisShards.Most + id.Shard);

    /// <summary>Takes no more jobs, and waits until those on their way are answered.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            return Task.WhenAll(_lanes.OfType<EnqueueLane>().Select(static lane => lane.CloseAsync()));
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private EnqueueLane At(int place) => Volatile.Read(ref _lanes[place]) ?? MakeLane(place);

    private EnqueueLane MakeLane(int place)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw Errors.Stopped();
            }

            return _lanes[place] ??= new EnqueueLane(calls.On((byte)(place % RedisShards.Most)));
        }
    }
}
