using JobQueue;
using TradingPlatform.Data;
using TradingPlatform.Hosting;

namespace TradingPlatform.Maintenance;

/// <summary>How many days of prices to keep.</summary>
internal sealed record CleanUpTask(int Days = 7);

/// <summary>What was removed.</summary>
internal sealed record CleanUpResult(bool Success, int DeletedCount);

/// <summary>What a compaction has come to.</summary>
internal sealed record VacuumResult(bool Success, long BytesBefore, long BytesAfter);

/// <summary>Keeps the file small.</summary>
internal sealed class CleanUpJobs(Database database, TimeProvider time)
{
    private const int Batch = 1_000;

    /// <summary>In parts, so that nobody waits long for the write lock.</summary>
    [JobHandler("cleanup_data", Queue = "maintenance", Priority = JobPriority.Low, MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false)]
    [DailyAt("03:00")]
    public CleanUpResult CleanUp(CleanUpTask task, CancellationToken cancellationToken)
    {
        var (deleted, part) = (0, 0);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            part = database.Execute("DELETE FROM ticks WHERE rowid IN (SELECT rowid FROM ticks WHERE at < @before LIMIT @Batch)", new { before = time.GetUtcNow().AddDays(-task.Days), Batch });
            deleted += part;
        }
        while (part == Batch);

        return new CleanUpResult(Success: true, deleted);
    }

    [JobHandler("vacuum_database", Queue = "maintenance", Priority = JobPriority.Low, MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false)]
    [Cron("0 4 * * SUN")]
    public VacuumResult Vacuum()
    {
        var before = new FileInfo(database.Path).Length;
        database.Execute("VACUUM");
        database.Execute("ANALYZE");
        return new VacuumResult(Success: true, before, new FileInfo(database.Path).Length);
    }
}
