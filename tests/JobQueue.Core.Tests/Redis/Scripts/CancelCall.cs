using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>A cancellation of a seeded job, as a client makes it from what it has read.</summary>
internal sealed record CancelCall(string Name, JobState Read, string Line)
{
    public byte[] Previous { get; init; } = TestJob.Record(Name, Line);

    public byte[] Record => TestJob.Record(Name, Line, TerminalStatus.Cancelled);

    public static CancelCall Of(string name, string place = "pending", string line = TestJob.DefaultLine)
        => new(name, Enum.Parse<JobState>(place, ignoreCase: true), line);

    /// <summary>Jobs of the line <c>high|mail</c> in one of the sets of due times.</summary>
    public static StoreSeed SeedTimed(StoreSeed seed, string place, params string[] names)
    {
        foreach (var name in names)
        {
            _ = place == "scheduled"
                ? seed.Scheduled(name, TimeSpan.FromHours(1), "high|mail")
                : seed.Retrying(name, TimeSpan.FromHours(1), "high|mail");
        }

        return seed;
    }

    public Task<ScriptStatus> SendAsync(RedisShard shard)
        => CancelScript.RunAsync(shard, new(TestJob.Id(Name), Read, Previous, Line, TestJob.LongAgo, "work", Record), CancellationToken.None);
}
