namespace JobQueue.DeadLetters;

/// <summary>
/// Leaves the server to the queue between the calls of a long work: after each call twice the time that it took, so that most of the server is the
/// queue's, however busy it is.
/// </summary>
internal sealed class Courtesy(TimeProvider time)
{
    private const int Share = 2;

    /// <summary>On a busy machine a call waits longer than it works; 100,000 jobs must not take minutes for it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(20);

    private long _began = time.GetTimestamp();

    /// <summary>A call begins.</summary>
    public void Begin() => _began = time.GetTimestamp();

    /// <summary>The call has ended, and another follows.</summary>
    public Task GiveWayAsync(CancellationToken cancellationToken)
    {
        var wait = time.GetElapsedTime(_began) * Share;
        return Task.Delay(wait < Longest ? wait : Longest, time, cancellationToken);
    }
}
