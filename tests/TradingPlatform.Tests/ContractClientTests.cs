using System.Text.Json;
using JobQueue.Core.Tests.Infrastructure;

namespace TradingPlatform.Tests;

/// <summary>Clients of each published contract, who know nothing but the address.</summary>
public sealed class ContractClientTests(PlatformProcess platform) : IClassFixture<PlatformProcess>
{
    private const string Api = "/api/v1";

    private static readonly string[] Tags = ["test"];

    [Fact]
    public async Task A_client_of_the_job_service_enqueues_watches_cancels_and_repairs()
    {
        (await platform.GetAsync($"{Api}/jobs/health")).GetProperty("status").GetString().Should().Be("healthy");
        var id = (await platform.PostAsync($"{Api}/jobs/enqueue", new { name = "send_email", args = new { to = "ann@example.com" }, user_id = "user-1", tags = Tags }, 201)).GetProperty("job_id").GetString()!;
        (await platform.EndAsync(id)).GetProperty("status").GetString().Should().Be("failed");
        (await platform.GetAsync($"{Api}/jobs/dlq")).EnumerateArray().Select(static job => job.GetProperty("id").GetString()).Should().Contain(id);

        await platform.PostAsync($"{Api}/jobs/dlq/{id}/retry", new { args = new { to = "ann@example.com", subject = "Hello", body = "Hello" } });
        (await platform.EndAsync(id)).GetProperty("result").GetProperty("status").GetString().Should().Be("sent");

        var later = (await platform.PostAsync($"{Api}/jobs/enqueue", new { name = "send_email", delay_seconds = 600 }, 201)).GetProperty("job_id").GetString()!;
        (await platform.PostAsync($"{Api}/jobs/job/{later}/cancel")).GetProperty("status").GetString().Should().Be("cancelled");
        await platform.PostAsync($"{Api}/jobs/job/{later}/cancel", status: 409);
        (await platform.GetAsync($"{Api}/jobs/workers/stats")).GetProperty("jobs_processed").GetInt64().Should().BeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task A_client_of_the_failed_jobs_contract_lists_retries_and_deletes()
    {
        var id = (await platform.PostAsync($"{Api}/jobs/enqueue", new { name = "scrape_website", args = new { selector = "h1" } }, 201)).GetProperty("job_id").GetString()!;
        await Eventually.HoldsAsync(async () => (await platform.GetAsync($"{Api}/jobs/status/{id}")).GetProperty("is_failed").GetBoolean(), "it has failed");

        var failed = (await platform.GetAsync($"{Api}/jobs/failed")).EnumerateArray().Single(job => job.GetProperty("job_id").GetString() == id);
        failed.GetProperty("func_name").GetString().Should().Be("scrape_website");
        failed.GetProperty("kwargs").GetProperty("selector").GetString().Should().Be("h1");
        failed.GetProperty("exc_info").GetString().Should().Contain("Missing required fields: url");
        (await platform.PostAsync($"{Api}/jobs/failed/{id}/retry")).GetProperty("message").GetString().Should().Be($"Job {id} has been requeued successfully");
        await Eventually.HoldsAsync(async () => (await platform.GetAsync($"{Api}/jobs/status/{id}")).GetProperty("is_failed").GetBoolean(), "it has failed again");
        (await platform.DeleteAsync($"{Api}/jobs/failed/{id}")).GetProperty("message").GetString().Should().Be($"Job {id} has been deleted successfully");
        (await platform.DeleteAsync($"{Api}/jobs/failed/{id}", 404)).GetProperty("detail").GetString().Should().Be($"Job {id} not found in failed jobs registry");
    }

    [Fact]
    public async Task A_client_of_the_REST_contract_creates_reads_and_removes()
    {
        var id = (await platform.PostAsync($"{Api}/jobs", new { job_type = "send_email", payload = new { to = "bob@example.com", subject = "Hello", body = "Hello" }, priority = "medium" }, 201)).GetProperty("job_id").GetString()!;
        await Eventually.HoldsAsync(async () => (await platform.GetAsync($"{Api}/jobs/{id}")).GetProperty("status").GetString() == "completed", "it has completed");

        var job = await platform.GetAsync($"{Api}/jobs/{id}");
        (job.GetProperty("job_type").GetString(), job.GetProperty("priority").GetString()).Should().Be(("send_email", "medium"));
        var batch = await platform.PostAsync($"{Api}/jobs/batch", new[] { new { job_type = "monitor_risk", payload = new { portfolio_id = "portfolio-1" } }, new { job_type = "monitor_risk", payload = new { portfolio_id = "portfolio-2" } } }, 201);
        batch.GetProperty("job_ids").GetArrayLength().Should().Be(2);
        await platform.PostAsync($"{Api}/scheduled-jobs", new { name = "own", job_type = "cleanup_data", cron_expression = "0 1 * * *" }, 201);
        (await platform.GetAsync($"{Api}/scheduled-jobs/own")).GetProperty("next_runs").GetArrayLength().Should().Be(5);
        await platform.DeleteAsync($"{Api}/scheduled-jobs/own");
        (await platform.GetAsync($"{Api}/stats")).GetProperty("completed_jobs").GetInt64().Should().BePositive();
        await platform.PostAsync($"{Api}/jobs", new { job_type = "sned_email" }, 422);
        await platform.DeleteAsync($"{Api}/jobs/{id}");
        await platform.GetAsync($"{Api}/jobs/{id}", 404);
    }

    [Fact]
    public async Task The_host_tells_how_it_is_and_what_it_serves()
    {
        (await platform.GetAsync("/health")).GetRawText().Should().Be("""{"status":"healthy"}""");
        (await platform.GetAsync("/openapi/v1.json")).GetProperty("paths").TryGetProperty("/ingest", out _).Should().BeTrue();
        var page = await platform.Client.GetStringAsync(new Uri("/docs/index.html", UriKind.Relative), TestContext.Current.CancellationToken);
        page.Should().Contain("swagger-ui").And.NotContain("https://");
        using var dashboard = await platform.Client.GetAsync(new Uri("/jobs/", UriKind.Relative), TestContext.Current.CancellationToken);
        ((int)dashboard.StatusCode).Should().Be(200);
        (await dashboard.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("Trading platform").And.Contain("/api/v1");
    }

    [Fact]
    public async Task Whoever_comes_through_a_proxy_is_refused_unless_the_host_lets_them_in()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Api}/jobs/stats");
        request.Headers.Add("X-Forwarded-For", "10.0.0.1");

        using var response = await platform.Client.SendAsync(request, TestContext.Current.CancellationToken);

        ((int)response.StatusCode).Should().Be(403);
        JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("status").GetInt32().Should().Be(403);
    }
}
