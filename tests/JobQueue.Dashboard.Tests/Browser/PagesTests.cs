using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Tests.Infrastructure;
using Microsoft.Playwright;

namespace JobQueue.Dashboard.Tests.Browser;

/// <summary>Each page with data of a running host: light, dark and on a phone, with a screenshot of each, without an error and without keeping anybody out.</summary>
public sealed class PagesTests(TestServer server, Chromium chromium)
{
    private const int PhoneWidth = 360;

    [Theory]
    [InlineData("overview", "", "Waiting by queue")]
    [InlineData("jobs", "jobs", "echo")]
    [InlineData("jobs-dead", "jobs?state=failed", "the disk is full")]
    [InlineData("dead-letters", "dead-letters", "2 jobs in 1 group")]
    [InlineData("recurring", "recurring", "every 5 minutes")]
    [InlineData("queues", "queues", "paused")]
    [InlineData("workers", "workers", "Runs now")]
    [InlineData("handlers", "handlers", "timeout 1 m 30 s")]
    [InlineData("not-found", "nowhere", "There is no such page")]
    public async Task A_page_shows_what_the_host_has(string name, string path, string text)
    {
        await using var host = await SeededAsync();
        await using var page = await chromium.OpenAsync(host.Url + path, server);

        await page.SeeAsync(text);

        await LookAsync(page, name);
    }

    [Fact]
    public async Task The_page_of_a_dead_job_shows_everything_of_it()
    {
        await using var host = await SeededAsync();
        var id = await host.DeadAsync("the disk is full", new { error = "the disk is full", path = "/var/lib", number = 9_007_199_254_740_993 });
        await using var page = await chromium.OpenAsync($"{host.Url}jobs/{id}", server);

        await page.SeeAsync("Why it is dead");
        await page.SeeAsync("System.InvalidOperationException");
        await page.SeeAsync("JobQueue.Dashboard.Tests");      // Of the stack trace.
        await page.SeeAsync("9007199254740993");              // More than JavaScript can count.
        await page.SeeAsync("its group of dead letters");
        await LookAsync(page, "job");
    }

    [Fact]
    public async Task The_page_of_a_recurring_job_that_is_open_shows_its_next_runs()
    {
        await using var host = await SeededAsync();
        await using var page = await chromium.OpenAsync(host.Url + "recurring?name=tidy", server);

        await page.SeeAsync("Next runs");
        await page.SeeAsync("runs once for all that were missed");
        await LookAsync(page, "recurring-open");
    }

    [Fact]
    public async Task A_host_without_anything_explains_what_would_be_there()
    {
        await using var host = await DashboardHost.StartAsync(server, runsWorkers: false);
        await using var page = await chromium.OpenAsync(host.Url, server);
        await page.SeeAsync("No queue has jobs");
        foreach (var (path, text) in new[]
        {
            ("jobs", "No job has been enqueued yet"), ("dead-letters", "No dead letters"), ("recurring", "No recurring jobs"), ("queues", "No queues yet"), ("workers", "No worker is live"),
            ("handlers", "No handlers yet"), ("jobs?state=scheduled", "No job is scheduled"), ("jobs/01a21a79000000000000000000000000", "This job is not kept"),
        })
        {
            await page.Page.GotoAsync(host.Url + path);
            await page.SeeAsync(text);
            await page.VerifyAccessibleAsync($"{path} is empty");
        }

        page.Forgive("404");
        page.VerifyClean();
    }

    private static async Task LookAsync(BrowserPage page, string name)
    {
        await page.UntilLiveAsync();
        await page.VerifyAccessibleAsync($"{name} is light");
        await page.ScreenshotAsync($"{name}-light");

        await page.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        (await page.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor")).Should().Be("rgb(14, 16, 19)", "the system's preference counts");
        await page.ScreenshotAsync($"{name}-dark");

        await page.Page.SetViewportSizeAsync(PhoneWidth, 760);
        await page.VerifyFitsAsync($"{name} fits a phone");
        await page.VerifyAccessibleAsync($"{name} is dark, on a phone");
        await page.ScreenshotAsync($"{name}-phone");
        page.VerifyClean();
    }

    private async Task<DashboardHost> SeededAsync()
    {
        var host = await DashboardHost.StartAsync(server);
        var jobs = host.Jobs;
        for (var i = 0; i < 12; i++)
        {
            await jobs.EnqueueAsync("echo", new { number = i }, options => options.Tags.Add($"tenant-{i % 3}"));
        }

        await jobs.EnqueueAsync("hold", new { }, static options => options.Queue = "slow");
        var stepping = await jobs.EnqueueAsync("steps", new { }, static options => options.Queue = "slow");
        host.Step(stepping);
        await jobs.EnqueueAsync("echo", new { later = true }, static options => options.Delay = TimeSpan.FromHours(2));
        await jobs.EnqueueAsync("echo", new { }, static options => (options.Queue, options.Priority) = ("mail", JobPriority.High));
        await host.Monitor.PauseAsync("mail");
        await host.DeadAsync("the disk is full");
        await host.DeadAsync("the card 4711 was declined");
        await host.Scheduler.RegisterAsync("tidy", "echo", JobSchedule.Every(TimeSpan.FromMinutes(5)), new { folder = "/tmp" });
        await host.Scheduler.RegisterAsync("report", "echo", JobSchedule.Cron("0 8 * * MON-FRI", "Europe/Berlin"), new { });
        await host.UntilAsync(stepping, JobState.Running);
        return host;
    }
}
