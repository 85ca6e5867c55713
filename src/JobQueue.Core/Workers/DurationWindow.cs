namespace JobQueue.Workers;

/// <summary>
/// The run times of the last jobs of a pool: their median decides how many jobs are worth leasing ahead, and when to fetch more.
/// <see cref="Add"/> is safe from any thread; one loop reads.
/// </summary>
internal sealed class DurationWindow
{
    private const int Size = 64;

    /// <summary>Leasing ahead is worth it while the leased jobs start within about this time.</summary>
    private const double PrefetchBudgetMs = 50;

    /// <summary>About a round trip to a server that is busy.</summary>
    private const double RoundTripMs = 0.5;

    private readonly long[] _ticks = new long[Size];
    private int _count;

    public void Add(TimeSpan duration)
    {
        var at = (uint)(Interlocked.Increment(ref _count) - 1) % Size;
        Volatile.Write(ref _ticks[at], duration.Ticks);
    }

    /// <summary>
    /// How many jobs to lease ahead: median duration times prefetch stays below 50 ms. None before the first job has run. The next are fetched when half of
    /// them have started, so that the others keep the slots busy meanwhile; where all of them are done before a fetch is answered that keeps nobody busy, and
    /// fetches wait until they are worth more.
    /// </summary>
    /// <param name="max">The most jobs to lease ahead.</param>
    /// <param name="slots">How many jobs run at the same time.</param>
    public LeaseAhead Ahead(int max, int slots)
    {
        var count = Math.Min((int)(uint)Volatile.Read(ref _count), Size);
        if (count <= 0 || max == 0)
        {
            return default;
        }

        Span<long> sorted = stackalloc long[count];
        for (var i = 0; i < count; i++)
        {
            sorted[i] = Volatile.Read(ref _ticks[i]);
        }

        sorted.Sort();
        var medianMs = Math.Max(0.001, TimeSpan.FromTicks(sorted[count / 2]).TotalMilliseconds);
        var jobs = (int)Math.Min(max, PrefetchBudgetMs / medianMs);
        return new LeaseAhead(jobs, jobs * medianMs < RoundTripMs * slots ? jobs : (jobs + 1) / 2);
    }
}
