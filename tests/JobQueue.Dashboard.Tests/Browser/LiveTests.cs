using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Tests.Infrastructure;
using JobQueue.Embedded;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace JobQueue.Dashboard.Tests.Browser;

/// <summary>What changes is on the page within two seconds; what can't be read is said.</summary>
public sealed class LiveTests(TestServer server, Chromium chromium)
{
    [Fact]
    public async Task Counts_change_as_jobs_do()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await using var page = await chromium.OpenAsync(host.Url, server);
        await page.UntilLiveAsync();
        await page.Page.GetByTestId("count-completed").ReadsAsync("0");

        var id = await host.Jobs.EnqueueAsync("echo", new { });
        await host.UntilAsync(id, JobState.Completed);

        await page.Page.GetByTestId("count-completed").ReadsAsync("1", BrowserPage.LiveMs);
        page.VerifyClean();
    }

    [Fact]
    public async Task A_list_and_the_dead_letters_change_as_jobs_do()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await using var list = await chromium.OpenAsync(host.Url + "jobs?state=failed", server);
        await using var letters = await chromium.OpenAsync(host.Url + "dead-letters", server);
        await list.UntilLiveAsync();
        await letters.UntilLiveAsync();
        await letters.SeeAsync("No dead letters");

        await host.DeadAsync("the disk is full");

        await Task.WhenAll(list.Row("the disk is full").SeeAsync(BrowserPage.LiveMs), letters.SeeAsync("the disk is full", BrowserPage.LiveMs));
        list.VerifyClean();
        letters.VerifyClean();
    }

    [Fact]
    public async Task Progress_log_lines_and_the_end_of_a_job_come_as_they_happen()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.Jobs.EnqueueAsync("steps", new { });
        await host.UntilAsync(id, JobState.Running);
        await using var page = await chromium.OpenAsync($"{host.Url}jobs/{id}", server);
        await page.UntilLiveAsync();
        await page.SeeAsync("Runs since");

        host.Step(id);
        await Task.WhenAll(page.SeeAsync("step 1 is done", BrowserPage.LiveMs), page.SeeAsync("25 %", BrowserPage.LiveMs));
        host.Step(id);
        host.Step(id);
        await Task.WhenAll(page.SeeAsync("step 3 is done", BrowserPage.LiveMs), page.SeeAsync("step 3 of 4", BrowserPage.LiveMs));
        host.Step(id);
        await host.UntilAsync(id, JobState.Completed);
        await page.Page.Locator("main .badge", new() { HasText = "Completed" }).First.SeeAsync(BrowserPage.LiveMs);
        page.VerifyClean();
    }

    [Fact]
    public async Task Without_events_the_page_asks_and_says_so()
    {
        await using var host = await DashboardHost.StartAsync(server, static options => options.Api.MaxListeners = 0);
        await using var page = await chromium.OpenAsync(host.Url, server);
        await page.Page.Locator(".live[data-tone=polling]", new() { HasText = "Polling" }).SeeAsync();

        await host.DeadAsync("the disk is full");

        await page.Page.GetByTestId("count-failed").ReadsAsync("1");
        page.Forgive("429");
        page.VerifyClean();
    }

    [Theory]
    [InlineData(503, "The host can't read the queue now (503)")]
    [InlineData(401, "You are not signed in (401)")]
    [InlineData(403, "You may not see this (403)")]
    public async Task A_refusal_is_shown_as_what_it_is_and_goes_when_it_is_over(int status, string text)
    {
        var refuses = 0;
        await using var host = await DashboardHost.StartAsync(server, pipeline: app => app.Use(async (HttpContext context, RequestDelegate next) =>
        {
            if (Volatile.Read(ref refuses) == 1 && context.Request.Path.Value!.Contains("/api/", StringComparison.Ordinal))
            {
                context.Response.StatusCode = status;
                await context.Response.WriteAsync("""{"title":"No","detail":"Redis is away, says the host."}""");
                return;
            }

            await next(context);
        }));
        await using var page = await chromium.OpenAsync(host.Url + "queues", server);
        await page.UntilLiveAsync();

        Volatile.Write(ref refuses, 1);
        await page.SeeAsync(text);
        await page.SeeAsync("Redis is away, says the host.");
        await page.Page.Locator(".live[data-tone=broken]").SeeAsync();
        await page.VerifyAccessibleAsync("the banner is shown");
        Volatile.Write(ref refuses, 0);

        await page.Page.Locator(".banner").MissAsync();
        page.Forgive($"{status}");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_store_that_is_gone_is_said_to_be()
    {
        await using var store = await EmbeddedRedis.StartAsync();
        await using var host = await DashboardHost.StartAsync(server, connectionString: store.ConnectionString);
        await host.DeadAsync("the disk is full");
        await using var page = await chromium.OpenAsync(host.Url + "jobs?state=failed", server);
        await page.UntilLiveAsync();
        await page.Row("the disk is full").SeeAsync();

        await store.DisposeAsync();

        await page.SeeAsync("The host can't read the queue now (503)");
        await page.Row("the disk is full").SeeAsync();          // The last that was read stays.
        await page.ScreenshotAsync("redis-away");
        page.Forgive("503");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_host_that_is_gone_is_said_to_be()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await using var page = await chromium.OpenAsync(host.Url + "queues", server);
        await page.UntilLiveAsync();

        await page.Page.RouteAsync("**/api/**", static route => route.AbortAsync());
        await page.SeeAsync("The host does not answer");

        await page.Page.UnrouteAsync("**/api/**");
        await page.Page.Locator(".banner").MissAsync();
        page.Forgive("ERR_FAILED");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_page_that_is_stopped_stands_still_until_it_goes_on()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await using var page = await chromium.OpenAsync(host.Url + "jobs?state=failed", server);
        await page.UntilLiveAsync();
        await page.SeeAsync("No job is dead");
        await page.Page.Keyboard.PressAsync("l");
        await page.SeeAsync("Paused");

        await host.DeadAsync("the disk is full");
        (await page.Row("the disk is full").CountAsync()).Should().Be(0);
        await page.Page.Keyboard.PressAsync("l");

        await page.Row("the disk is full").SeeAsync(BrowserPage.LiveMs);
        page.VerifyClean();
    }
}
