using System.Threading.Tasks.Sources;

namespace JobQueue.Workers;

/// <summary>How one slot sleeps until a lease may be there; used again and again. One waits, one wakes, in turns.</summary>
internal sealed class LeaseWaiter : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };

    /// <summary>Before it can be woken.</summary>
    public void Sleep() => _source.Reset();

    public void Wake() => _source.SetResult(true);

    /// <summary>Ends when it has been woken; once for each <see cref="Sleep"/>.</summary>
    public ValueTask WaitAsync() => new(this, _source.Version);

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _source.OnCompleted(continuation, state, token, flags);
}
