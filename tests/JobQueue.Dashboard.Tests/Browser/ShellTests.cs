using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;

namespace JobQueue.Dashboard.Tests.Browser;

/// <summary>What is around the pages: keys, themes, clocks, read-only hosts, prefixes and proxies.</summary>
public sealed class ShellTests(TestServer server, Chromium chromium)
{
    [Fact]
    public async Task Everything_can_be_reached_by_keys()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.DeadAsync("the disk is full");
        await using var page = await chromium.OpenAsync(host.Url, server);
        await page.UntilLiveAsync();
        var keys = page.Page.Keyboard;

        await keys.PressAsync("?");
        await page.SeeAsync("Single keys are shortcuts");
        await page.VerifyAccessibleAsync("the list of keys is open");
        await keys.PressAsync("Escape");
        await page.Dialog.MissAsync();
        foreach (var (key, heading) in new[] { ("d", "Dead letters"), ("r", "Recurring"), ("q", "Queues"), ("w", "Workers"), ("h", "Handlers"), ("o", "Overview"), ("j", "Jobs") })
        {
            await keys.PressAsync("g");
            await keys.PressAsync(key);
            await page.Page.GetByRole(AriaRole.Heading, new() { Name = heading, Level = 1, Exact = true }).SeeAsync();
        }

        await page.Row("fail").SeeAsync();
        await keys.PressAsync("j");
        await keys.PressAsync("x");
        await page.SeeAsync("1 job selected");
        await keys.PressAsync("Enter");
        await page.SeeAsync("Why it is dead");

        await keys.PressAsync("/");
        await keys.TypeAsync(id.ToString());
        await keys.PressAsync("Enter");
        await page.SeeAsync("Why it is dead");
        page.Page.Url.Should().EndWith("/jobs/" + id);
        page.VerifyClean();
    }

    [Fact]
    public async Task The_theme_that_was_chosen_is_kept()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await using var page = await chromium.OpenAsync(host.Url, server);

        await page.Button("Dark theme").ClickAsync();
        (await BackgroundAsync(page)).Should().Be("rgb(14, 16, 19)");
        await page.Page.ReloadAsync();

        await page.Button("Light theme").SeeAsync();
        (await BackgroundAsync(page)).Should().Be("rgb(14, 16, 19)");
        page.VerifyClean();
    }

    [Fact]
    public async Task Times_are_local_or_of_utc()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.Jobs.EnqueueAsync("echo", new { }, static options => options.ScheduledAt = new DateTimeOffset(2031, 7, 1, 12, 0, 0, TimeSpan.Zero));
        await using var page = await chromium.OpenAsync($"{host.Url}jobs/{id}", server);

        await page.SeeAsync("2031-07-01 14:00:00");           // The browser is in Berlin.
        await page.Page.Keyboard.PressAsync("u");
        await page.SeeAsync("2031-07-01 12:00:00");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_read_only_host_shows_no_actions()
    {
        await using var host = await DashboardHost.StartAsync(server, static options => options.ReadOnly = true);
        var id = await host.DeadAsync("the disk is full");
        await host.Scheduler.RegisterAsync("tidy", "echo", JobSchedule.Every(TimeSpan.FromMinutes(5)), new { });
        await using var page = await chromium.OpenAsync(host.Url, server);
        foreach (var (path, text) in new[] { ("jobs?state=failed", "the disk is full"), ($"jobs/{id}", "Why it is dead"), ("dead-letters", "the disk is full"), ("recurring", "tidy"), ("queues", "default") })
        {
            await page.Page.GotoAsync(host.Url + path);
            await page.SeeAsync(text);
            await page.SeeAsync("Read-only");
            foreach (var action in new[] { "Retry", "Delete", "Cancel", "Pause", "Purge", "Run", "Edit", "Remove", "New recurring job" })
            {
                (await page.Page.Locator("main :not(.tabs, th) > button", new() { HasText = action }).CountAsync()).Should().Be(0, $"{path} shows no {action}");
            }

            (await page.Page.Locator("main [role=switch], main input[type=checkbox]").CountAsync()).Should().Be(0);
        }

        page.VerifyClean();
    }

    [Fact]
    public async Task It_works_on_an_api_of_the_hosts_own()
    {
        await using var host = await DashboardHost.StartAsync(server, static options => options.ApiPath = "/api/v1", pipeline: static app => app.MapJobQueueApi());
        var id = await host.DeadAsync("the disk is full");
        await using var page = await chromium.OpenAsync($"{host.Url}jobs/{id}", server);

        await page.SeeAsync("Why it is dead");
        await page.UntilLiveAsync();
        page.VerifyClean();
    }

    [Theory]
    [InlineData("/outside/deep/")]
    [InlineData("/")]
    public async Task It_works_behind_a_proxy_that_has_another_path_for_it(string outside)
    {
        await using var host = await DashboardHost.StartAsync(server, conventions: static dashboard => dashboard.AllowAnonymous());
        var id = await host.DeadAsync("the disk is full");
        await using var proxy = await ReverseProxy.StartAsync(outside, host.Url);
        await using var page = await chromium.OpenAsync($"{proxy.Url}jobs/{id}", server);

        await page.SeeAsync("Why it is dead");
        await page.UntilLiveAsync();
        await page.Page.Locator("nav a", new() { HasText = "Dead letters" }).ClickAsync();
        await page.SeeAsync("1 job in 1 group");
        page.Page.Url.Should().Be(proxy.Url + "dead-letters");
        await page.Page.ReloadAsync();
        await page.SeeAsync("the disk is full");
        page.VerifyClean();
    }

    private static Task<string> BackgroundAsync(BrowserPage page) => page.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
}
