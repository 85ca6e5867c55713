using System.Globalization;
using System.Text;
using JobQueue;
using TradingPlatform.Data;
using TradingPlatform.Hosting;
using TradingPlatform.Mail;

namespace TradingPlatform.Reports;

/// <summary>The day to report, as yyyy-MM-dd. Default: today in UTC.</summary>
internal sealed record ReportTask(string? Day = null);

/// <summary>What a report has come to.</summary>
internal sealed record ReportResult(bool Success, string Day, int Lines);

/// <summary>How many summaries went out; those that had gone out before are not counted.</summary>
internal sealed record SummariesResult(bool Success, string Day, int Sent);

/// <summary>Writes the report of a day, and mails each user a summary once a day.</summary>
internal sealed class ReportJobs(Database database, Mailer mailer, TimeProvider time)
{
    private const string DayFormat = "yyyy-MM-dd";

    [JobHandler("generate_daily_report", Queue = "reports", MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false)]
    public ReportResult Generate(ReportTask task)
    {
        var day = task.Day ?? Today();
        var lines = database.Query<(string Name, double Value, double? Largest, double? Drawdown)>(
            "SELECT p.name, p.value, r.largest_share, r.drawdown FROM portfolios p LEFT JOIN risk r ON r.portfolio_id = p.id ORDER BY p.value DESC");
        var body = new StringBuilder();
        foreach (var (name, value, largest, drawdown) in lines)
        {
            body.AppendLine(CultureInfo.InvariantCulture, $"{name}: {value:F2}, largest position {largest:P1}, below its peak by {drawdown:P1}");
        }

        database.Execute(
            "INSERT INTO reports (day, body, made_at) VALUES (@day, @body, @now) ON CONFLICT (day) DO UPDATE SET body = excluded.body, made_at = excluded.made_at",
            new { day, body = body.ToString(), now = time.GetUtcNow() });
        return new ReportResult(Success: true, day, lines.Count);
    }

    [JobHandler("send_daily_summary_emails", Queue = "reports", MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false)]
    [DailyAt("08:00")]
    public async Task<SummariesResult> SendAsync(ReportTask task, JobContext job, CancellationToken cancellationToken)
    {
        var day = task.Day ?? (job.Occurrence ?? time.GetUtcNow()).UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture);
        var report = database.Find<string>("SELECT body FROM reports WHERE day = @day", new { day });
        if (report is null)
        {
            Generate(new ReportTask(day));
            report = database.Find<string>("SELECT body FROM reports WHERE day = @day", new { day });
        }

        var users = database.Query<(string Id, string Email)>("SELECT id, email FROM users ORDER BY id");
        var sent = 0;
        foreach (var (id, email) in users)
        {
            sent += await mailer.SendOnceAsync($"summary-{day}-{id}", email, $"Your summary of {day}", report ?? "", cancellationToken) ? 1 : 0;
            await job.ReportProgressAsync((double)(sent + 1) / (users.Count + 1), email);
        }

        return new SummariesResult(Success: true, day, sent);
    }

    private string Today() => time.GetUtcNow().UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture);
}
