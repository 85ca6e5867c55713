using System.Text.Json;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Tests.Infrastructure;
using Microsoft.Playwright;

namespace JobQueue.Dashboard.Tests.Browser;

/// <summary>What jobs bring with them is text, whatever it looks like and however much it is.</summary>
public sealed class HostileDataTests(TestServer server, Chromium chromium)
{
    private const string Markup = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'><a href=\"javascript:window.hacked = 1\">here</a>";

    [Fact]
    public async Task Markup_stays_text_on_every_page()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.Jobs.EnqueueAsync("fail", new { error = Markup, list = new[] { Markup } }, static options =>
        {
            options.Tags.Add("<b>bold</b>");
            options.UserId = "<i>user</i>";
            options.Headers["x-<u>header</u>"] = Markup;
        });
        await host.UntilAsync(id, JobState.Dead);
        await using var page = await chromium.OpenAsync($"{host.Url}jobs/{id}", server);
        foreach (var path in new[] { $"jobs/{id}", "jobs", "jobs?state=failed", "dead-letters", "" })
        {
            await page.Page.GotoAsync(host.Url + path);
            await page.UntilLiveAsync();
            if (path.Length > 0)
            {
                await page.SeeAsync(path == "jobs/" + id ? "window.hacked" : "fail");
            }

            (await page.Page.EvaluateAsync<bool>("() => 'hacked' in window || document.querySelector('main script, main img, main b, main a[href^=javascript]') !== null")).Should().BeFalse(path);
        }

        page.VerifyClean();
    }

    [Fact]
    public async Task A_text_that_runs_from_right_to_left_turns_nothing_around_it()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.DeadAsync("\u202Eשלום עולם\u202E reversed");
        await using var page = await chromium.OpenAsync(host.Url + "jobs?state=failed", server);

        var error = page.Page.Locator(".job-error bdi").First;
        await error.SeeAsync();

        (await error.EvaluateAsync<string>("element => getComputedStyle(element).unicodeBidi")).Should().Be("isolate");
        await page.Page.GotoAsync($"{host.Url}jobs/{id}");
        await page.SeeAsync("Why it is dead");
        await page.ScreenshotAsync("job-right-to-left");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_huge_payload_is_shown_in_part_and_all_of_it_on_demand()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var rows = Enumerable.Range(0, 12_000).Select(static number => new { number, text = new string('x', 40) });
        var id = await host.Jobs.EnqueueAsync("echo", new { rows, one = new string('y', 100_000) }, static options => options.Delay = TimeSpan.FromHours(1));
        await using var page = await chromium.OpenAsync($"{host.Url}jobs/{id}", server);
        await page.SeeAsync("KiB");

        (await page.Page.EvaluateAsync<int>("() => document.querySelectorAll('*').length")).Should().BeLessThan(2_000, "little of it is drawn");
        await page.Page.Locator(".json-fold").Filter(new() { HasText = "rows" }).ClickAsync();
        await page.Button("11900 more").SeeAsync();
        await page.Button("Show all").ClickAsync();
        (await page.Page.Locator(".json-text").Last.InnerTextAsync()).Length.Should().BeGreaterThan(100_000);
        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Button("Download").First.ClickAsync());
        new FileInfo(await download.PathAsync()).Length.Should().BeGreaterThan(500_000);
        page.VerifyClean();
    }

    [Fact]
    public async Task A_message_and_a_trace_of_megabytes_are_cut()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.DeadAsync(string.Concat(Enumerable.Repeat("at Some.Very.Deep.Frame(String argument)\n", 20_000)));
        await using var page = await chromium.OpenAsync($"{host.Url}jobs/{id}", server);

        await page.SeeAsync("Why it is dead");

        (await page.Page.Locator("main").InnerTextAsync()).Length.Should().BeLessThan(30_000);
        await page.VerifyFitsAsync("long lines wrap");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_deep_payload_folds()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var deep = JsonSerializer.Deserialize<JsonElement>(string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40));
        var id = await host.Jobs.EnqueueAsync("echo", deep, static options => options.Delay = TimeSpan.FromHours(1));
        await using var page = await chromium.OpenAsync($"{host.Url}jobs/{id}", server);

        await page.SeeAsync("Arguments");

        await Assertions.Expect(page.Page.Locator(".json-fold")).ToHaveCountAsync(3);
        page.VerifyClean();
    }
}
