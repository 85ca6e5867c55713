using Dapper;
using JobQueue;
using TradingPlatform.Data;
using TradingPlatform.Hosting;

namespace TradingPlatform.Portfolios;

/// <summary>Which portfolio a task is about.</summary>
internal sealed record PortfolioTask(string? PortfolioId = null, string? UserId = null);

/// <summary>What a portfolio is worth.</summary>
internal sealed record SyncResult(bool Success, string PortfolioId, double Value, int Positions);

/// <summary>How many portfolios are brought up to date.</summary>
internal sealed record SyncAllResult(bool Success, int Portfolios);

/// <summary>Values portfolios at the latest prices.</summary>
internal sealed class PortfolioJobs(Database database, IJobQueue jobs, TimeProvider time)
{
    [JobHandler("sync_portfolio", Queue = "portfolio", MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false, DoNotRetry = [typeof(MissingFieldsException), typeof(UnknownPortfolioException)])]
    public SyncResult Sync(PortfolioTask task)
    {
        var id = PortfolioFinder.Find(database, task);
        var value = database.InTransaction((connection, transaction) =>
        {
            var (worth, count) = connection.QuerySingle<(double, int)>(
                "SELECT COALESCE(SUM(p.quantity * i.price), 0), COUNT(*) FROM positions p JOIN instruments i ON i.symbol = p.symbol WHERE p.portfolio_id = @id", new { id }, transaction);
            connection.Execute(
                "UPDATE portfolios SET value = @worth, peak = MAX(peak, @worth), synced_at = @now WHERE id = @id", new { id, worth, now = time.GetUtcNow() }, transaction);
            return (worth, count);
        });
        return new SyncResult(Success: true, id, Math.Round(value.worth, 2), value.count);
    }

    /// <summary>Fetches prices first, then a job a portfolio; a repeat finds the jobs of the first run.</summary>
    [JobHandler("sync_all_portfolios", Queue = "portfolio", MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false)]
    [Every("00:05:00")]
    public async Task<SyncAllResult> SyncAllAsync(JobContext job, CancellationToken cancellationToken)
    {
        await jobs.EnqueueFollowUpAsync("fetch_market_data", job, cancellationToken);
        var ids = database.Query<string>("SELECT id FROM portfolios ORDER BY id");
        for (var number = 0; number < ids.Count; number++)
        {
            await jobs.EnqueueFollowUpAsync("sync_portfolio", new PortfolioTask(ids[number]), ids[number], job, cancellationToken);
            await job.ReportProgressAsync((number + 1.0) / ids.Count, ids[number]);
        }

        return new SyncAllResult(Success: true, ids.Count);
    }
}

/// <summary>Finds the portfolio that a task names, by its id or its user's.</summary>
internal static class PortfolioFinder
{
    public static string Find(Database database, PortfolioTask task)
    {
        RequiredFields.Check(("portfolio_id", task.PortfolioId ?? task.UserId));
        return database.Find<string>("SELECT id FROM portfolios WHERE id = @PortfolioId OR user_id = @UserId ORDER BY id", task)
            ?? throw new UnknownPortfolioException(task.PortfolioId ?? task.UserId!);
    }
}

/// <summary>There is no such portfolio.</summary>
internal sealed class UnknownPortfolioException(string id) : Exception($"There is no portfolio '{id}'.");
