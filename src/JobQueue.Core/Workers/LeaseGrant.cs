namespace JobQueue.Workers;

/// <summary>
/// What the leases of one fetch have in common: whose they are, their token, and the server's clock, which goes on from the
/// answer by this process's monotonic one. A wall clock that jumps here moves nothing. Immutable; safe to use from any thread.
/// </summary>
internal sealed class LeaseGrant(WorkerIdentity worker, string token, long serverMs, TimeProvider time)
{
    private readonly long _receivedAt = time.GetTimestamp();

    public WorkerIdentity Worker { get; } = worker;

    public string Token { get; } = token;

    /// <summary>How long ago the answer arrived.</summary>
    public TimeSpan Age => time.GetElapsedTime(_receivedAt);

    /// <summary>The server's time now, in ms, behind by at most the way of one answer.</summary>
    public long ServerNow => serverMs + (long)Age.TotalMilliseconds;
}
