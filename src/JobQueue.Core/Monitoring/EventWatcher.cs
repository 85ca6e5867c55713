using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace JobQueue.Monitoring;

/// <summary>
/// One reader of events with a buffer of its own. A reader that is too slow loses the oldest, and is told so by a gap, so that
/// no reader costs unbounded memory or holds the others up.
/// </summary>
internal sealed class EventWatcher
{
    /// <summary>Events that wait for the reader; each names at most 500 jobs.</summary>
    internal const int BufferSize = 1_000;

    private readonly Channel<JobEvent> _buffer;
    private int _dropped;

    public EventWatcher() => _buffer = Channel.CreateBounded<JobEvent>(
        new BoundedChannelOptions(BufferSize) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        _ => Volatile.Write(ref _dropped, 1));

    public static JobEvent Gap(DateTimeOffset at) => new() { At = at, IsGap = true };

    public void Add(JobEvent change) => _buffer.Writer.TryWrite(change);

    public async IAsyncEnumerable<JobEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in _buffer.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            // What was dropped was older than this one.
            if (Interlocked.Exchange(ref _dropped, 0) == 1)
            {
                yield return Gap(change.At);
            }

            yield return change;
        }
    }
}
