using System.Globalization;
using JobQueue.Workers;

namespace JobQueue.AspNetCore.Health;

/// <summary>Looks at the loops of this process: a server that answers says nothing about them.</summary>
internal static class LoopCheck
{
    public static void Look(IProcessHealth process, TimeSpan maxAge, HealthFindings findings)
    {
        foreach (var pool in process.Pools)
        {
            var age = pool.SinceLastAnswer;
            findings.Data[$"fetch_age_ms.{pool.Name}"] = Math.Round(age.TotalMilliseconds);
            if (pool.Problem is { } problem)
            {
                findings.Fail($"{problem} Restart the process if this lasts, and see its log for the reason.");
            }
            else if (IsSilent(pool, maxAge))
            {
                findings.Fail($"The fetch loop of pool '{pool.Name}' has had no answer for {Seconds(age)}, so this process takes no jobs: see its log for what Redis says to it.");
            }
        }

        if (process.SinceSchedulerStep is { } step)
        {
            findings.Data["recurring_age_ms"] = Math.Round(step.TotalMilliseconds);
            if (step > maxAge)
            {
                findings.Fail($"The loop that fires recurring jobs has made no pass for {Seconds(step)} in this process: see its log for what Redis says to it, and restart the process if this lasts.");
            }
        }
    }

    /// <summary>Whether every pool of this process takes jobs; also where it has none.</summary>
    public static bool PoolsTurn(IProcessHealth process, TimeSpan maxAge)
        => process.Pools.All(pool => pool.Problem is null && !IsSilent(pool, maxAge));

    /// <summary>Whether recurring jobs are fired here as far as this process fires any.</summary>
    public static bool SchedulerTurns(IProcessHealth process, TimeSpan maxAge) => !(process.SinceSchedulerStep > maxAge);

    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s";

    private static bool IsSilent(PoolHealth pool, TimeSpan maxAge) => pool.SinceLastAnswer > maxAge && pool.SinceLastAnswer > pool.StallLimit;
}
