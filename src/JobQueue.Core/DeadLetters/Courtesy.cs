namespace JobQueue.DeadLetters;

/// <summary>
/// Leaves the server and the workers to the queue between the calls of a long work: after each call twice the time that it took, within bounds, so that most of
/// the server is the queue's however busy it is, and 100,000 jobs take no minutes.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="least">The shortest wait: it bounds how fast jobs come back, each of which may fail again at once and then costs a worker ten times what one that succeeds does.</param>
/// <param name="most">The longest wait.</param>
internal sealed class Courtesy(TimeProvider time, TimeSpan least, TimeSpan most)
{
    private const int Share = 2;

    private long _began = time.GetTimestamp();

    /// <summary>A call begins.</summary>
    public void Begin() => _began = time.GetTimestamp();

    /// <summary>The call has ended, and another follows.</summary>
    public Task GiveWayAsync(CancellationToken cancellationToken)
    {
        var wait = time.GetElapsedTime(_began) * Share;
        return Task.Delay(wait < least ? least : wait < most ? wait : most, time, cancellationToken);
    }
}
