namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>What so large a part of all measurements stays below.</summary>
internal static class Quantile
{
    public static double Of(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
    }
}
