using System.Collections.Concurrent;
using System.Threading.Channels;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>A handler that notes its starts and goes on when the test lets it.</summary>
internal sealed class Gate
{
    private readonly Channel<bool> _open = Channel.CreateUnbounded<bool>();
    private readonly ConcurrentQueue<JobId> _starts = new();
    private int _fired;
    private int _ended;

    /// <summary>Every start, in order.</summary>
    public IReadOnlyCollection<JobId> Starts => _starts;

    /// <summary>How many handlers ended because their token fired.</summary>
    public int Fired => Volatile.Read(ref _fired);

    /// <summary>How many handlers ended.</summary>
    public int Ended => Volatile.Read(ref _ended);

    public async Task RunAsync(int _, JobContext job, CancellationToken cancellationToken)
    {
        _starts.Enqueue(job.Id);
        try
        {
            await _open.Reader.ReadAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _fired);
            throw;
        }
        finally
        {
            Interlocked.Increment(ref _ended);
        }
    }

    /// <summary>Lets so many handlers go on, now or when they start.</summary>
    public void Open(int count = 10_000)
    {
        for (; count > 0; count--)
        {
            _open.Writer.TryWrite(true);
        }
    }

    public Task HasStartedAsync(int count) => Eventually.HoldsAsync(() => _starts.Count >= count, $"{count} handlers have started");

    public Task HasEndedAsync(int count) => Eventually.HoldsAsync(() => Ended >= count, $"{count} handlers have ended");
}
