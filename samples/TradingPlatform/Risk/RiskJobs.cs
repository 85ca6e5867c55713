using Dapper;
using JobQueue;
using TradingPlatform.Data;
using TradingPlatform.Hosting;
using TradingPlatform.Portfolios;

namespace TradingPlatform.Risk;

/// <summary>How risky a portfolio is: what it holds, the share of its largest position, and how far it is below its peak.</summary>
internal sealed record RiskResult(bool Success, string PortfolioId, double Exposure, double LargestShare, double Drawdown);

/// <summary>What a look at all limits has found.</summary>
internal sealed record LimitsResult(bool Success, int Portfolios, int Opened, int Closed);

/// <summary>Measures risk, and opens and closes breaches of the limits.</summary>
internal sealed class RiskJobs(Database database, TimeProvider time)
{
    private const double MostInOnePosition = 0.45;
    private const double MostDrawdown = 0.05;

    [JobHandler("monitor_risk", Queue = "risk", Priority = JobPriority.High, MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false, DoNotRetry = [typeof(MissingFieldsException), typeof(UnknownPortfolioException)])]
    public RiskResult Monitor(PortfolioTask task) => Measure(PortfolioFinder.Find(database, task));

    /// <summary>A breach that is open is not opened again: the table holds one a portfolio and rule.</summary>
    [JobHandler("evaluate_risk_limits", Queue = "risk", Priority = JobPriority.High, MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false)]
    [Every("00:01:00")]
    public LimitsResult Evaluate(CancellationToken cancellationToken)
    {
        var (opened, closed) = (0, 0);
        var ids = database.Query<string>("SELECT id FROM portfolios ORDER BY id");
        foreach (var id in ids)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var risk = Measure(id);
            foreach (var (rule, value, limit) in new[] { ("largest_position", risk.LargestShare, MostInOnePosition), ("drawdown", risk.Drawdown, MostDrawdown) })
            {
                opened += value <= limit ? 0 : database.Execute(
                    "INSERT OR IGNORE INTO breaches (portfolio_id, rule, value, opened_at) VALUES (@id, @rule, @value, @now)", new { id, rule, value, now = time.GetUtcNow() });
                closed += value > limit ? 0 : database.Execute(
                    "UPDATE breaches SET closed_at = @now WHERE portfolio_id = @id AND rule = @rule AND closed_at IS NULL", new { id, rule, now = time.GetUtcNow() });
            }
        }

        return new LimitsResult(Success: true, ids.Count, opened, closed);
    }

    private RiskResult Measure(string id) => database.InTransaction((connection, transaction) =>
    {
        var worths = connection.Query<double>(
            "SELECT p.quantity * i.price FROM positions p JOIN instruments i ON i.symbol = p.symbol WHERE p.portfolio_id = @id", new { id }, transaction).ToList();
        var peak = connection.ExecuteScalar<double>("SELECT peak FROM portfolios WHERE id = @id", new { id }, transaction);
        var exposure = worths.Sum();
        var largest = exposure > 0 ? worths.Max() / exposure : 0;
        var drawdown = peak > 0 ? Math.Max(0, 1 - (exposure / peak)) : 0;
        connection.Execute(
            """
            INSERT INTO risk (portfolio_id, exposure, largest_share, drawdown, measured_at) VALUES (@id, @exposure, @largest, @drawdown, @now)
            ON CONFLICT (portfolio_id) DO UPDATE SET exposure = excluded.exposure, largest_share = excluded.largest_share, drawdown = excluded.drawdown, measured_at = excluded.measured_at
            """,
            new { id, exposure, largest, drawdown, now = time.GetUtcNow() },
            transaction);
        return new RiskResult(Success: true, id, Math.Round(exposure, 2), Math.Round(largest, 4), Math.Round(drawdown, 4));
    });
}
