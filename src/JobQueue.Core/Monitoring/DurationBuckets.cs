using System.Globalization;

namespace JobQueue.Monitoring;

/// <summary>
/// How durations are counted in <c>P:stats:...</c>: bucket 0 is below 1 ms, bucket b covers 2^((b-1)/2) to 2^(b/2) ms,
/// the last one everything from there on. Two buckets a doubling keep a percentile within a factor of 1.42 of the truth.
/// </summary>
internal static class DurationBuckets
{
    /// <summary>Buckets are numbered from 0 up to one below this.</summary>
    public const int Count = 61;

    private const int Last = Count - 1;

    /// <summary>The first tick of each bucket. Looked up instead of computed, so that no rounding moves a bound.</summary>
    private static readonly long[] LowerTicks = [.. Enumerable.Range(0, Count).Select(static bucket =>
        bucket == 0 ? 0 : (long)Math.Ceiling(Math.Pow(2, (bucket - 1) / 2.0) * TimeSpan.TicksPerMillisecond))];

    private static readonly string[] WaitFields = Fields('w');

    private static readonly string[] RunFields = Fields('r');

    /// <summary>The bucket of a duration; a negative one, from a clock that was set back, counts as none.</summary>
    public static int Of(TimeSpan duration)
    {
        var found = Array.BinarySearch(LowerTicks, Math.Max(0, duration.Ticks));
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>The field that counts waits in this bucket.</summary>
    public static string WaitField(int bucket) => WaitFields[bucket];

    /// <summary>The field that counts runs in this bucket.</summary>
    public static string RunField(int bucket) => RunFields[bucket];

    /// <summary>The shortest duration of a bucket.</summary>
    public static TimeSpan LowerBound(int bucket) => TimeSpan.FromTicks(LowerTicks[bucket]);

    /// <summary>What every duration of a bucket is below; for the last bucket the bound that it would have.</summary>
    public static TimeSpan UpperBound(int bucket)
        => bucket < Last ? LowerBound(bucket + 1) : TimeSpan.FromMilliseconds(Math.Pow(2, Last / 2));

    /// <summary>
    /// The duration that a share of all counted ones does not exceed, interpolated within its bucket;
    /// null when nothing was counted.
    /// </summary>
    /// <param name="counts">How many fell into each bucket.</param>
    /// <param name="share">Above 0 and at most 1, for example 0.95.</param>
    public static TimeSpan? Percentile(ReadOnlySpan<long> counts, double share)
    {
        long total = 0;
        foreach (var count in counts)
        {
            total += Math.Max(0, count);
        }

        var rank = Math.Max(1, (long)Math.Ceiling(share * total));
        for (var bucket = 0; bucket < counts.Length && total > 0; bucket++)
        {
            if (rank <= counts[bucket])
            {
                return Interpolate(bucket, (rank - 0.5) / counts[bucket]);
            }

            rank -= Math.Max(0, counts[bucket]);
        }

        return null;
    }

    /// <summary>Adds a count to its bucket when the field is one of that kind: the opposite of the field names.</summary>
    /// <returns>Whether the field was one.</returns>
    public static bool TryAdd(ReadOnlySpan<char> field, char kind, long count, Span<long> counts)
    {
        if (field.Length is < 2 or > 3 || field[0] != kind
            || !int.TryParse(field[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var bucket) || bucket >= Count)
        {
            return false;
        }

        counts[bucket] += count;
        return true;
    }

    private static TimeSpan Interpolate(int bucket, double position)
    {
        var lower = LowerBound(bucket);
        return lower + ((UpperBound(bucket) - lower) * position);
    }

    private static string[] Fields(char kind)
        => [.. Enumerable.Range(0, Count).Select(bucket => string.Create(CultureInfo.InvariantCulture, $"{kind}{bucket}"))];
}
