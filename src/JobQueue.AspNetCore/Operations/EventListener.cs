using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace JobQueue.AspNetCore.Operations;

/// <summary>One client. A slow one loses the oldest events and is told so, so that none costs unbounded memory or holds the others up.</summary>
internal sealed class EventListener
{
    /// <summary>Events that wait for the client.</summary>
    private const int BufferSize = 200;

    private static readonly byte[] Missed = EventHistory.FrameWithoutId(EventKind.Reset, ResetShape.TooSlow);

    private readonly Channel<byte[]> _buffer;
    private int _dropped;

    public EventListener() => _buffer = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(BufferSize) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        _ => Volatile.Write(ref _dropped, 1));

    public void Add(byte[] frame) => _buffer.Writer.TryWrite(frame);

    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var frame in _buffer.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            // What was dropped was older than this one.
            if (Interlocked.Exchange(ref _dropped, 0) == 1)
            {
                yield return Missed;
            }

            yield return frame;
        }
    }
}
