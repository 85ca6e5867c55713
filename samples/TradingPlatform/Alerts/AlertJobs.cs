using JobQueue;
using TradingPlatform.Data;
using TradingPlatform.Hosting;
using TradingPlatform.Mail;

namespace TradingPlatform.Alerts;

/// <summary>Which alert to tell of.</summary>
internal sealed record AlertTask(long? AlertId = null);

/// <summary>What a look at the alerts has found.</summary>
internal sealed record AlertsResult(bool Success, int Checked, int Triggered);

/// <summary>What has become of a notification.</summary>
internal sealed record NotificationResult(bool Success, string Status, long AlertId);

/// <summary>Finds alerts whose price was crossed, and tells their users once.</summary>
internal sealed class AlertJobs(Database database, Mailer mailer, IJobQueue jobs, TimeProvider time)
{
    [JobHandler("check_price_alerts", Queue = "alerts", MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false)]
    public async Task<AlertsResult> CheckAsync(JobContext job, CancellationToken cancellationToken)
    {
        var open = database.Find<int>("SELECT COUNT(*) FROM alerts WHERE triggered_at IS NULL");
        database.Execute(
            """
            UPDATE alerts SET triggered_at = @now, triggered_price = (SELECT price FROM instruments i WHERE i.symbol = alerts.symbol)
            WHERE triggered_at IS NULL AND EXISTS (SELECT 1 FROM instruments i WHERE i.symbol = alerts.symbol AND ((above = 1 AND i.price >= alerts.price) OR (above = 0 AND i.price <= alerts.price)))
            """,
            new { now = time.GetUtcNow() });

        // Also those that an earlier attempt has marked and did not come to tell of.
        var due = database.Query<long>("SELECT id FROM alerts WHERE triggered_at IS NOT NULL AND notified_at IS NULL");
        foreach (var id in due)
        {
            await EnqueueOnceAsync(id, job, cancellationToken);
        }

        return new AlertsResult(Success: true, open, due.Count);
    }

    [JobHandler("send_price_notification", Queue = "alerts", Priority = JobPriority.High, MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false, DoNotRetry = [typeof(MissingFieldsException)])]
    public async Task<NotificationResult> NotifyAsync(AlertTask task, CancellationToken cancellationToken)
    {
        RequiredFields.Check(("alert_id", task.AlertId?.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var id = task.AlertId!.Value;
        var alert = database.Find<Alert>(
            "SELECT a.symbol, a.price, a.triggered_price AS TriggeredPrice, a.notified_at AS NotifiedAt, u.email FROM alerts a JOIN users u ON u.id = a.user_id WHERE a.id = @id", new { id });
        if (alert is null || alert.TriggeredPrice is null || alert.NotifiedAt is not null)
        {
            return new NotificationResult(Success: true, alert is null ? "no_such_alert" : alert.NotifiedAt is null ? "not_triggered" : "already_sent", id);
        }

        await mailer.SendOnceAsync($"alert-{id}", alert.Email, $"{alert.Symbol} has crossed {alert.Price}", $"{alert.Symbol} is at {alert.TriggeredPrice}.", cancellationToken);
        database.Execute("UPDATE alerts SET notified_at = @now WHERE id = @id", new { id, now = time.GetUtcNow() });
        return new NotificationResult(Success: true, "sent", id);
    }

    private async Task EnqueueOnceAsync(long alert, JobContext job, CancellationToken cancellationToken)
    {
        try
        {
            await jobs.EnqueueAsync("send_price_notification", new AlertTask(alert), options => (options.Id, options.UserId) = (JobId.FromKey($"alert/{alert}"), job.UserId), cancellationToken);
        }
        catch (DuplicateJobException)
        {
            // It waits, runs, or has run.
        }
    }

    private sealed record Alert
    {
        public string Symbol { get; init; } = "";
        public double Price { get; init; }
        public double? TriggeredPrice { get; init; }
        public string? NotifiedAt { get; init; }
        public string Email { get; init; } = "";
    }
}
