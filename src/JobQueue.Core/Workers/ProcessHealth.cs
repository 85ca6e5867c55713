namespace JobQueue.Workers;

/// <summary>How the loops of this process do: what a server that answers says nothing about. Safe to use from any thread.</summary>
internal interface IProcessHealth
{
    /// <summary>The pools of this process; none before its start, and where it runs no workers.</summary>
    IReadOnlyList<PoolHealth> Pools { get; }

    /// <summary>How long ago the loop that fires recurring jobs last turned here; null where this process fires none.</summary>
    TimeSpan? SinceSchedulerStep { get; }
}

/// <summary>How a pool does.</summary>
/// <param name="Name">The pool.</param>
/// <param name="SinceLastAnswer">How long ago its fetch loop last had an answer of Redis, or no room for more jobs.</param>
/// <param name="StallLimit">How long that may take at the most when nothing is wrong.</param>
/// <param name="Problem">What keeps it from doing all of its work; null when nothing does.</param>
internal sealed record PoolHealth(string Name, TimeSpan SinceLastAnswer, TimeSpan StallLimit, string? Problem);

/// <summary>Asks the pools and the scheduler.</summary>
internal sealed class ProcessHealth(WorkerPools pools, SchedulerHost scheduler) : IProcessHealth
{
    public IReadOnlyList<PoolHealth> Pools
        => [.. pools.All.Select(static pool => new PoolHealth(pool.Name, pool.SinceLastAnswer, pool.StallLimit, pool.FindProblem()))];

    public TimeSpan? SinceSchedulerStep => scheduler.SinceLastStep;
}
