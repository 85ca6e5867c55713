namespace JobQueue.Workers;

/// <summary>
/// What the leases of one fetch have in common: whose they are, their token, and the server's clock, which goes on from the
/// answer by this process's monotonic one. A wall clock that jumps here moves nothing. Immutable; safe to use from any thread.
/// </summary>
/// <param name="worker">Whose leases they are.</param>
/// <param name="home">Where they are kept and reported.</param>
/// <param name="token">Their token.</param>
/// <param name="askedAt">The monotonic timestamp before the fetch was sent: they did not exist before that.</param>
/// <param name="serverMs">The server's clock as the answer says it, in ms.</param>
/// <param name="time">This process's clock.</param>
internal sealed class LeaseGrant(WorkerIdentity worker, LeaseHome home, string token, long askedAt, long serverMs, TimeProvider time)
{
    private readonly long _receivedAt = time.GetTimestamp();

    public WorkerIdentity Worker { get; } = worker;

    public LeaseHome Home { get; } = home;

    public string Token { get; } = token;

    public long AskedAt { get; } = askedAt;

    /// <summary>How long ago the answer arrived.</summary>
    public TimeSpan Age => time.GetElapsedTime(_receivedAt);

    /// <summary>The server's time now, in ms, behind by at most the way of one answer.</summary>
    public long ServerNow => serverMs + (long)Age.TotalMilliseconds;
}

/// <summary>What the leases of a pool on one shard belong to.</summary>
/// <param name="Open">Those that are not reported yet.</param>
/// <param name="Settler">Reports them.</param>
/// <param name="Stores">What their attempts write with.</param>
internal sealed record LeaseHome(OpenLeases Open, Settler Settler, AttemptStores Stores);
