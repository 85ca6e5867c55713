using JobQueue;
using TradingPlatform.Data;
using TradingPlatform.Hosting;

namespace TradingPlatform.Bots;

/// <summary>How the bots are.</summary>
internal sealed record BotHealthResult(bool Success, int Healthy, int Unhealthy);

/// <summary>Which bots were started again.</summary>
internal sealed record RestartResult(bool Success, IReadOnlyList<string> Restarted);

/// <summary>Looks after the trading bots: one that has not said anything for three minutes is unhealthy, and is started again.</summary>
internal sealed class BotJobs(Database database, IJobQueue jobs, TimeProvider time)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(3);

    [JobHandler("bot_health_check", Queue = "bots", Priority = JobPriority.High, MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false)]
    [Every("00:02:00")]
    public async Task<BotHealthResult> CheckAsync(JobContext job, CancellationToken cancellationToken)
    {
        database.Execute("UPDATE bots SET status = 'unhealthy' WHERE status = 'running' AND heartbeat_at < @since", new { since = time.GetUtcNow() - LongestSilence });
        var unhealthy = database.Find<int>("SELECT COUNT(*) FROM bots WHERE status = 'unhealthy'");
        if (unhealthy > 0)
        {
            await jobs.EnqueueFollowUpAsync("restart_unhealthy_bots", job, cancellationToken);
        }

        return new BotHealthResult(Success: true, database.Find<int>("SELECT COUNT(*) FROM bots WHERE status = 'running'"), unhealthy);
    }

    /// <summary>A bot that runs is left alone, so a repeat restarts none twice.</summary>
    [JobHandler("restart_unhealthy_bots", Queue = "bots", Priority = JobPriority.High, MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false)]
    public RestartResult Restart()
        => new(Success: true, database.Query<string>(
            "UPDATE bots SET status = 'running', restarts = restarts + 1, heartbeat_at = @now WHERE status = 'unhealthy' RETURNING id", new { now = time.GetUtcNow() }));
}
