using System.Text;
using System.Text.Json;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Tests.Infrastructure;

namespace JobQueue.Dashboard.Tests.Browser;

/// <summary>What can be done with one job on its page, end to end.</summary>
public sealed class JobActionTests(TestServer server, Chromium chromium)
{
    [Fact]
    public async Task A_dead_job_is_retried()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.DeadAsync("it is broken");
        await using var page = await OpenAsync(host, id);

        await page.Button("Retry", exact: true).ClickAsync();

        await page.SeeAsync("The job waits again.");
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.Round == 2 || (await host.Jobs.GetAsync(id))!.Attempts.Count == 2, "it ran again");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_dead_job_is_retried_with_other_arguments_to_the_last_digit()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.Jobs.EnqueueAsync("fail_unless_fixed", JsonSerializer.Deserialize<JsonElement>("""{"number":9007199254740993,"amount":1.10}"""));
        await host.UntilAsync(id, JobState.Dead);
        await using var page = await OpenAsync(host, id);

        await page.Button("Edit and retry").ClickAsync();
        var text = page.Dialog.GetByRole(Microsoft.Playwright.AriaRole.Textbox);
        (await text.InputValueAsync()).Should().Contain("9007199254740993");
        await text.FillAsync("{ no json");
        await page.Button("Retry with these").IsDisabledAsync();
        await text.FillAsync("""{"number":9007199254740993,"fixed":true}""");
        await page.Button("Retry with these").ClickAsync();

        await page.Dialog.MissAsync();
        await host.UntilAsync(id, JobState.Completed);
        Encoding.UTF8.GetString((await host.Jobs.GetAsync(id))!.Args.Span).Should().Contain("9007199254740993").And.Contain("fixed");
        await page.Page.Locator("main .badge", new() { HasText = "Completed" }).First.SeeAsync(BrowserPage.LiveMs);
        page.VerifyClean();
    }

    [Fact]
    public async Task A_completed_job_runs_again_as_a_copy()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.Jobs.EnqueueAsync("echo", new { number = 1 });
        await host.UntilAsync(id, JobState.Completed);
        await using var page = await OpenAsync(host, id);

        await page.Button("Run again").ClickAsync();

        await page.SeeAsync("Copy of");
        page.Page.Url.Should().NotContain(id.ToString());
        page.VerifyClean();
    }

    [Fact]
    public async Task A_scheduled_job_runs_now()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.Jobs.EnqueueAsync("echo", new { }, static options => options.Delay = TimeSpan.FromHours(1));
        await using var page = await OpenAsync(host, id);

        await page.Button("Run now").ClickAsync();

        await host.UntilAsync(id, JobState.Completed);
        await page.Page.Locator("main .badge", new() { HasText = "Completed" }).First.SeeAsync();
        page.VerifyClean();
    }

    [Fact]
    public async Task A_running_job_is_cancelled_after_a_question()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.Jobs.EnqueueAsync("hold", new { });
        await host.UntilAsync(id, JobState.Running);
        await using var page = await OpenAsync(host, id);

        await page.Button("Cancel").ClickAsync();
        await page.Button("Cancel 1 job").ClickAsync();

        await host.UntilAsync(id, JobState.Cancelled);
        await page.Page.Locator("main .badge", new() { HasText = "Cancelled" }).First.SeeAsync();
        page.VerifyClean();
    }

    [Fact]
    public async Task A_job_is_deleted_after_a_question_and_kept_without_an_answer()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.DeadAsync("it is broken");
        await using var page = await OpenAsync(host, id);

        await page.Button("Delete").ClickAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Dialog.MissAsync();
        (await host.Jobs.GetAsync(id)).Should().NotBeNull();
        await page.Button("Delete").ClickAsync();
        await page.Button("Delete 1 job").ClickAsync();

        await page.SeeAsync("The job is deleted.");
        (await host.Jobs.GetAsync(id)).Should().BeNull();
        page.Forgive("404");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_job_is_copied_as_a_command()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.DeadAsync("it's broken");
        await using var page = await chromium.OpenAsync($"{host.Url}jobs/{id}", server, static context => context.Permissions = ["clipboard-read", "clipboard-write"]);

        await page.Button("Copy as curl").ClickAsync();

        await page.SeeAsync("Copy as curl: copied.");
        var command = await page.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        command.Should().StartWith("curl -X POST '" + host.Url + "api/jobs/enqueue'").And.Contain("\"name\": \"fail\"").And.Contain("it'\\''s broken");
        page.VerifyClean();
    }

    private async Task<BrowserPage> OpenAsync(DashboardHost host, JobId id)
    {
        var page = await chromium.OpenAsync($"{host.Url}jobs/{id}", server);
        await page.SeeAsync("Timeline");
        return page;
    }
}
