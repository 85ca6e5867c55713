namespace JobQueue.Redis;

/// <summary>
/// How long one shard has answered nothing. Each shard has its own, because they may be on different servers: that one speaks says nothing of another.
/// Safe to use from any thread.
/// </summary>
/// <param name="limit">The longest silence.</param>
/// <param name="time">The clock.</param>
internal sealed class SilenceClock(TimeSpan limit, TimeProvider time)
{
    private long _spoke;
    private long _silentSince;

    /// <summary>The server has answered a call, or has the whole limit again to do so.</summary>
    public void Speaks()
    {
        Interlocked.Exchange(ref _spoke, time.GetTimestamp());
        Interlocked.Exchange(ref _silentSince, 0);
    }

    /// <summary>Whether the server has answered a call since then.</summary>
    public bool HasSpokenSince(long timestamp) => Interlocked.Read(ref _spoke) > timestamp;

    /// <summary>A call was not answered within its limit, or the client has no connection to send it over.</summary>
    /// <param name="began">When it was sent, as <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <returns>Whether nothing else was answered meanwhile, for as long as the limit.</returns>
    public bool IsTooLong(long began)
    {
        var last = Math.Max(began, Interlocked.Read(ref _spoke));
        var since = Interlocked.CompareExchange(ref _silentSince, last, 0);
        return time.GetElapsedTime(since == 0 ? last : since) >= limit;
    }
}
