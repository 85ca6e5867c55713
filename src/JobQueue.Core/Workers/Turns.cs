using System.Collections.Concurrent;
using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>
/// Whose turn the maintenance loops of a shard are: one process of the fleet runs each at a time. All loops of a process ask in one call a second. A loop that
/// no longer asks is left out of it, so that its turn ends and another process has it. Safe to use from any thread.
/// </summary>
internal sealed class Turns(RedisShard shard, TimeProvider time)
{
    /// <summary>How long an answer counts.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(1500);

    /// <summary>Loops wake together, and one that is a little early must not get the answer of the second before.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(50);

    /// <summary>A loop that has not asked for so long is in a pass, or stuck.</summary>
    private static readonly TimeSpan Asks = TimeSpan.FromMilliseconds(1250);

    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly Lock _gate = new();
    private readonly Dictionary<TurnRequest, long> _askedAt = [];
    private Call? _last;

    /// <summary>How long the last answer still counts: with it the next call is due.</summary>
    public TimeSpan UntilNextCall
    {
        get
        {
            var left = Volatile.Read(ref _last) is { } last ? Interval - time.GetElapsedTime(last.SentAt) : TimeSpan.Zero;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Takes or keeps the turn of a loop.</summary>
    public async Task<Turn> AskAsync(TurnRequest loop, CancellationToken cancellationToken)
    {
        var call = FindCall(loop);
        var turns = await call.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        var turn = turns[call.Loops.IndexOf(loop)];
        return turn with { UntilDue = turn.UntilDue - time.GetElapsedTime(call.SentAt) };
    }

    private Call FindCall(TurnRequest loop)
    {
        lock (_gate)
        {
            _askedAt[loop] = time.GetTimestamp();
            if (_last is { Answer.IsFaulted: false, Answer.IsCanceled: false } last && last.Loops.Contains(loop) && time.GetElapsedTime(last.SentAt) < Interval - Early)
            {
                return last;
            }

            var loops = _askedAt.Where(asked => time.GetElapsedTime(asked.Value) < Asks).Select(static asked => asked.Key).ToList();
            var call = new Call(loops, time.GetTimestamp(), SendAsync(loops));
            Volatile.Write(ref _last, call);
            return call;
        }
    }

    /// <summary>Not cancelled by the loop that happened to ask: the others wait for the same answer.</summary>
    private async Task<Turn[]> SendAsync(List<TurnRequest> loops)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // Nothing below runs under the lock.
        return await TurnScript.RunAsync(shard, _owner, Hold, loops, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>A call that loops share.</summary>
    private sealed record Call(List<TurnRequest> Loops, long SentAt, Task<Turn[]> Answer);
}

/// <summary>The turns on each shard, for all loops of a process. Safe to use from any thread.</summary>
internal sealed class TurnsByShard(TimeProvider time)
{
    private readonly ConcurrentDictionary<byte, Turns> _turns = [];

    public Turns On(RedisShard shard) => _turns.GetOrAdd(shard.Keys.Shard, _ => new Turns(shard, time));
}
