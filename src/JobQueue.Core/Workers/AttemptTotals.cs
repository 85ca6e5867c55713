namespace JobQueue.Workers;

/// <summary>What a pool's attempts have come to since it started, for people. Safe to use from any thread.</summary>
internal sealed class AttemptTotals
{
    private long _completed;
    private long _failed;
    private long _ticks;

    public long Completed => Interlocked.Read(ref _completed);

    public long Failed => Interlocked.Read(ref _failed);

    public TimeSpan RunTime => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    /// <param name="kind">How the attempt was reported; one that was put off or handed back is neither.</param>
    /// <param name="duration">How long it ran.</param>
    public void Add(SettlementKind kind, TimeSpan duration)
    {
        switch (kind)
        {
            case SettlementKind.Complete:
                Interlocked.Increment(ref _completed);
                break;
            case SettlementKind.Retry or SettlementKind.Bury:
                Interlocked.Increment(ref _failed);
                break;
            default:
                return;
        }

        Interlocked.Add(ref _ticks, duration.Ticks);
    }
}
