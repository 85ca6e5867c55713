namespace JobQueue.Workers;

/// <summary>What one pool of a process serves, and how: the host's own options, or those of a pool that was added.</summary>
/// <param name="Name">Tells the pools of a process apart.</param>
/// <param name="Concurrency">Jobs that run at the same time.</param>
/// <param name="MaxPrefetch">Most jobs leased ahead.</param>
/// <param name="Queues">The queues served; empty for all but <paramref name="Excluded"/>.</param>
/// <param name="Excluded">Queues that other pools of this process serve.</param>
/// <param name="Weights">How priorities share; null for the strict order.</param>
internal sealed record PoolSettings(
    string Name, int Concurrency, int MaxPrefetch, string[] Queues, string[] Excluded, PriorityWeights? Weights)
{
    public const string DefaultName = "default";

    /// <summary>The host's own pool first, then those that were added.</summary>
    public static IReadOnlyList<PoolSettings> From(JobQueueOptions options)
    {
        var pools = new List<PoolSettings>();
        var taken = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (name, pool) in options.Pools)
        {
            pools.Add(new PoolSettings(name, pool.Concurrency, pool.MaxPrefetch, Distinct(pool.Queues), [], pool.PriorityWeights ?? options.PriorityWeights));
            taken.UnionWith(pool.Queues);
        }

        var own = Distinct(options.Queues);
        pools.Insert(0, new PoolSettings(
            DefaultName, options.Concurrency, options.MaxPrefetch, own, own.Length == 0 ? [.. taken] : [], options.PriorityWeights));
        return pools;
    }

    private static string[] Distinct(IList<string> queues) => [.. new SortedSet<string>(queues, StringComparer.Ordinal)];
}
