using System.Text.Json;

namespace TradingPlatform.Tests;

/// <summary>Each handler does its work, and doing it twice does no harm.</summary>
public sealed class HandlerTests(PlatformProcess platform) : IClassFixture<PlatformProcess>
{
    [Theory]
    [InlineData("sync_portfolio", """{"portfolio_id":"portfolio-1"}""", "value")]
    [InlineData("sync_portfolio", """{"user_id":"user-2"}""", "positions")]
    [InlineData("sync_all_portfolios", "{}", "portfolios")]
    [InlineData("monitor_risk", """{"portfolio_id":"portfolio-1"}""", "largest_share")]
    [InlineData("evaluate_risk_limits", "{}", "portfolios")]
    [InlineData("cleanup_data", "{}", "deleted_count")]
    [InlineData("vacuum_database", "{}", "bytes_after")]
    [InlineData("check_price_alerts", "{}", "checked")]
    [InlineData("send_price_notification", """{"alert_id":1}""", "status")]
    [InlineData("bot_health_check", "{}", "healthy")]
    [InlineData("restart_unhealthy_bots", "{}", "restarted")]
    [InlineData("fetch_market_data", "{}", "instruments")]
    [InlineData("update_24h_stats", "{}", "instruments")]
    [InlineData("generate_daily_report", """{"day":"2026-01-31"}""", "lines")]
    [InlineData("send_daily_summary_emails", """{"day":"2026-01-30"}""", "sent")]
    public async Task A_task_of_the_platform_completes_and_can_be_repeated(string name, string args, string member)
    {
        var body = JsonSerializer.Deserialize<JsonElement>(args);
        for (var run = 0; run < 2; run++)
        {
            var ended = await platform.RunAsync(name, body);

            ended.GetProperty("status").GetString().Should().Be("completed");
            ended.GetProperty("result").GetProperty("success").GetBoolean().Should().BeTrue();
            ended.GetProperty("result").TryGetProperty(member, out _).Should().BeTrue();
        }
    }

    [Fact]
    public async Task The_summaries_of_a_day_go_out_once()
    {
        (await platform.RunAsync("send_daily_summary_emails", new { day = "2026-01-01" })).GetProperty("result").GetProperty("sent").GetInt32().Should().Be(8);
        (await platform.RunAsync("send_daily_summary_emails", new { day = "2026-01-01" })).GetProperty("result").GetProperty("sent").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task An_email_is_sent()
    {
        var result = (await platform.RunAsync("send_email", new { to = "ann@example.com", subject = "Hello", body = "Hello Ann" })).GetProperty("result");

        result.EnumerateObject().Select(static member => member.Name).Should().Equal("status", "to", "subject", "sent_at");
        (result.GetProperty("status").GetString(), result.GetProperty("to").GetString(), result.GetProperty("subject").GetString()).Should().Be(("sent", "ann@example.com", "Hello"));
        result.GetProperty("sent_at").GetString().Should().EndWith("Z");
    }

    [Fact]
    public async Task A_page_is_scraped_by_its_title_or_a_selector()
    {
        var title = (await platform.RunAsync("scrape_website", new { url = new Uri(platform.Client.BaseAddress!, "/pages/markets").ToString() })).GetProperty("result");
        var headlines = (await platform.RunAsync("scrape_website", new { url = "/pages/news", selector = ".headline" })).GetProperty("result");

        title.EnumerateObject().Select(static member => member.Name).Should().Equal("status", "url", "data", "status_code");
        (title.GetProperty("status").GetString(), title.GetProperty("data").GetString(), title.GetProperty("status_code").GetInt32()).Should().Be(("scraped", "Markets today", 200));
        headlines.GetProperty("data").GetString().Should().Be("Markets open\nMarkets close");
    }

    [Fact]
    public async Task A_video_is_scaled_and_no_frame_is_lost()
    {
        var result = (await platform.RunAsync("process_video", new { video_id = "v-1", width = 64, height = 32, frames = 12, factor = 2 })).GetProperty("result");

        (result.GetProperty("frames").GetInt32(), result.GetProperty("width").GetInt32(), result.GetProperty("height").GetInt32()).Should().Be((12, 32, 16));
        result.GetProperty("bytes").GetInt64().Should().Be("YUV4MPEG2 W32 H16 F25:1 Ip A1:1 C420\n".Length + (12 * ("FRAME\n".Length + (32 * 16 * 3 / 2))));
    }

    [Fact]
    public async Task A_signal_opens_a_trade_that_is_closed_once()
    {
        var signal = new { symbol = "BTC", side = "sell", quantity = 0.25, signal_id = "s-1" };
        var first = await platform.PostAsync("/ingest", signal, 202);
        var again = await platform.PostAsync("/ingest", signal, 202);
        again.GetRawText().Should().Be(first.GetRawText());

        var closed = (await platform.EndAsync(first.GetProperty("job_id").GetString()!)).GetProperty("result");
        (closed.GetProperty("status").GetString(), closed.GetProperty("pnl").ValueKind).Should().Be(("closed", JsonValueKind.Number));

        var repeated = await platform.RunAsync("simulate_replicated_trade", new { replication_id = first.GetProperty("replication_id").GetString() });
        repeated.GetProperty("result").GetRawText().Should().Be("""{"success":true,"status":"already_closed"}""");
        await platform.PostAsync("/ingest", new { symbol = "NOTHING" }, 422);
    }

    [Theory]
    [InlineData("send_email", """{"to":"ann@example.com"}""", "Missing required fields: subject, body")]
    [InlineData("send_email", "{}", "Missing required fields: to, subject, body")]
    [InlineData("scrape_website", "{}", "Missing required fields: url")]
    [InlineData("simulate_replicated_trade", "{}", "Missing required fields: replication_id")]
    [InlineData("sync_portfolio", "{}", "Missing required fields: portfolio_id")]
    public async Task A_payload_without_a_required_field_fails_for_good(string name, string args, string error)
    {
        var ended = await platform.RunAsync(name, JsonSerializer.Deserialize<JsonElement>(args));

        (ended.GetProperty("status").GetString(), ended.GetProperty("error").GetString()).Should().Be(("failed", error));
    }

    [Theory]
    [InlineData("sync_portfolio", 3, 120, 3600)]
    [InlineData("send_email", 3, 2, 300)]
    [InlineData("process_video", 5, 5, 3600)]
    [InlineData("scrape_website", 3, 10, 600)]
    public async Task Handlers_are_retried_as_the_platform_says(string name, int retries, double first, double most)
    {
        var handler = (await platform.GetAsync("/api/v1/jobs/handlers")).EnumerateArray().Single(handler => handler.GetProperty("name").GetString() == name);

        handler.GetProperty("max_retries").GetInt32().Should().Be(retries);
        var backoff = handler.GetProperty("backoff");
        (backoff.GetProperty("type").GetString(), backoff.GetProperty("base").GetDouble(), backoff.GetProperty("max").GetDouble()).Should().Be(("exponential", first, most));
    }

    [Theory]
    [InlineData("sync_all_portfolios", 300, null, "normal")]
    [InlineData("evaluate_risk_limits", 60, null, "high")]
    [InlineData("bot_health_check", 120, null, "high")]
    [InlineData("cleanup_data", null, "0 3 * * *", "low")]
    [InlineData("vacuum_database", null, "0 4 * * SUN", "low")]
    [InlineData("send_daily_summary_emails", null, "0 8 * * *", "normal")]
    public async Task The_timetable_is_there(string name, int? seconds, string? cron, string priority)
    {
        var task = (await platform.GetAsync("/api/v1/jobs/scheduler/stats")).GetProperty("tasks").EnumerateArray().Single(task => task.GetProperty("job_name").GetString() == name);

        task.GetProperty("interval_seconds").ToString().Should().Be(seconds?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "");
        task.GetProperty("cron_expression").GetString().Should().Be(cron);
        task.GetProperty("priority").GetString().Should().Be(priority);
    }
}
