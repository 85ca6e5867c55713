using JobQueue.Redis;

namespace JobQueue.AspNetCore.Health;

/// <summary>Looks at the settings of the server that decide whether it may lose jobs.</summary>
internal static class ServerCheck
{
    private const string NoEviction = "noeviction";

    public static void Look(ServerState server, JobQueueHealthOptions options, HealthFindings findings)
    {
        findings.Data["redis_latency_ms"] = Math.Round(server.Latency.TotalMilliseconds, 2);
        findings.Data["eviction_policy"] = server.EvictionPolicy.Length > 0 ? server.EvictionPolicy : "unknown";
        findings.Data["persistence"] = Describe(server);
        if (server.EvictionPolicy.Length > 0 && server.EvictionPolicy != NoEviction)
        {
            findings.Degrade($"Redis may evict keys when its memory is full (maxmemory-policy is '{server.EvictionPolicy}'), and with them jobs: set maxmemory-policy to {NoEviction}.");
        }

        if (server.LastWriteFailed)
        {
            findings.Degrade("The last write of Redis to its disk has failed, so that it may refuse jobs, and lose them in a restart: see its log, and the space on its disk.");
        }

        if (options.RequirePersistence && server is { KeepsLog: false, TakesSnapshots: false })
        {
            findings.Degrade(
                "Redis keeps nothing on disk, so a restart loses every job: set 'appendonly yes' (Garnet: --aof), or JobQueueHealthOptions.RequirePersistence = false if that may be.");
        }
    }

    private static string Describe(ServerState server) => server switch
    {
        { KeepsLog: true } => "append-only file",
        { TakesSnapshots: true } => "snapshots",
        { KeepsLog: false, TakesSnapshots: false } => "none",
        _ => "unknown",
    };
}
