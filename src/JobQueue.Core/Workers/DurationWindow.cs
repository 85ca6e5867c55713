namespace JobQueue.Workers;

/// <summary>
/// The run times of the last jobs of a pool: their median decides how many jobs are worth leasing ahead.
/// <see cref="Add"/> is safe from any thread; one loop reads.
/// </summary>
internal sealed class DurationWindow
{
    private const int Size = 64;

    /// <summary>Leasing ahead is worth it while the leased jobs start within about this time.</summary>
    private const double PrefetchBudgetMs = 50;

    private readonly long[] _ticks = new long[Size];
    private int _count;

    public void Add(TimeSpan duration)
    {
        var at = (uint)(Interlocked.Increment(ref _count) - 1) % Size;
        Volatile.Write(ref _ticks[at], duration.Ticks);
    }

    /// <summary>How many jobs to lease ahead: median duration times prefetch stays below 50 ms. None before the first job has run.</summary>
    public int Prefetch(int max)
    {
        var count = Math.Min((int)(uint)Volatile.Read(ref _count), Size);
        if (count <= 0 || max == 0)
        {
            return 0;
        }

        Span<long> sorted = stackalloc long[count];
        for (var i = 0; i < count; i++)
        {
            sorted[i] = Volatile.Read(ref _ticks[i]);
        }

        sorted.Sort();
        var medianMs = Math.Max(0.001, TimeSpan.FromTicks(sorted[count / 2]).TotalMilliseconds);
        return (int)Math.Min(max, PrefetchBudgetMs / medianMs);
    }
}
