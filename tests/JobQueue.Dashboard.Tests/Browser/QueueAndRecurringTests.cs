using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Tests.Infrastructure;
using Microsoft.Playwright;

namespace JobQueue.Dashboard.Tests.Browser;

/// <summary>What can be done with queues and with recurring jobs, end to end.</summary>
public sealed class QueueAndRecurringTests(TestServer server, Chromium chromium)
{
    [Fact]
    public async Task A_queue_is_paused_resumed_and_purged()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await host.Monitor.PauseAsync("mail");
        await host.Jobs.EnqueueAsync("echo", new { }, static options => options.Queue = "mail");
        await host.Jobs.EnqueueAsync("echo", new { }, static options => options.Queue = "mail");
        await using var page = await chromium.OpenAsync(host.Url + "queues", server);

        await page.Button("Purge mail").ClickAsync();
        await page.SeeAsync("This deletes the 2 jobs that wait in it");
        (await page.Button("Delete 2 jobs").IsDisabledAsync()).Should().BeTrue("the name is to be typed first");
        await page.Dialog.GetByRole(AriaRole.Textbox).FillAsync("mail");
        await page.Button("Delete 2 jobs").ClickAsync();
        await page.SeeAsync("2 jobs deleted.");
        (await host.Monitor.GetCountsAsync()).Pending.Should().Be(0);

        await page.Row("mail").GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await page.SeeAsync("Queue mail goes on.");
        (await host.Monitor.GetQueuesAsync()).Should().NotContain(static queue => queue.IsPaused);
        page.VerifyClean();
    }

    [Fact]
    public async Task A_queue_with_jobs_is_paused()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var id = await host.Jobs.EnqueueAsync("echo", new { });
        await host.UntilAsync(id, JobState.Completed);
        await using var page = await chromium.OpenAsync(host.Url + "queues", server);

        await page.Row("default").GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();

        await page.Row("default").GetByText("paused").SeeAsync();
        (await host.Monitor.GetQueuesAsync()).Should().Contain(static queue => queue.IsPaused);
        page.VerifyClean();
    }

    [Fact]
    public async Task A_recurring_job_is_added_with_its_next_runs_in_sight()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await using var page = await chromium.OpenAsync(host.Url + "recurring", server);
        await page.Button("New recurring job").ClickAsync();
        await page.Dialog.GetByLabel("Name").FillAsync("weekly");
        await page.Dialog.GetByLabel("Handler", new() { Exact = true }).FillAsync("echo");
        await page.Dialog.GetByLabel("Cron expression").FillAsync("0 25 * * *");
        await page.Dialog.Locator(".preview .field-error").SeeAsync();
        await page.Dialog.Locator(".preview").ReadsAsync("Cron expression");

        await page.Dialog.GetByLabel("Cron expression").FillAsync("30 7 * * MON");
        await page.Dialog.GetByLabel("Time zone").FillAsync("Europe/Berlin");
        await page.Dialog.Locator(".preview").ReadsAsync("at 07:30 on Monday (Europe/Berlin)");
        await Assertions.Expect(page.Dialog.Locator(".preview li")).ToHaveCountAsync(5);
        await page.VerifyAccessibleAsync("the editor is open");
        await page.ScreenshotAsync("recurring-editor-light");
        await page.Dialog.GetByLabel("Arguments").FillAsync("""{"number":9007199254740993}""");
        await page.Button("Add", exact: true).ClickAsync();

        await page.SeeAsync("weekly is saved.");
        await page.Row("weekly").SeeAsync();
        var stored = (await host.Scheduler.ListAsync()).Single();
        stored.Schedule!.CronExpression.Should().Be("30 7 * * MON");
        stored.Schedule.TimeZone.Should().Be("Europe/Berlin");
        Encoding.UTF8.GetString(stored.Args.Span).Should().Contain("9007199254740993");
        page.Forgive("422");
        page.VerifyClean();
    }

    [Fact]
    public async Task What_the_host_refuses_is_said_at_the_field()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await using var page = await chromium.OpenAsync(host.Url + "recurring", server);
        await page.Button("New recurring job").ClickAsync();
        await page.Dialog.GetByLabel("Name").FillAsync("weekly");
        await page.Dialog.GetByLabel("Handler", new() { Exact = true }).FillAsync("ehco");
        await page.Button("Add", exact: true).ClickAsync();

        await Assertions.Expect(page.Dialog.GetByLabel("Handler", new() { Exact = true })).ToHaveAttributeAsync("aria-invalid", "true");
        await page.Dialog.Locator(".field-error", new() { HasText = "ehco" }).First.SeeAsync();
        (await host.Scheduler.ListAsync()).Should().BeEmpty();
        page.Forgive("422");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_recurring_job_is_switched_edited_run_and_removed()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await host.Scheduler.RegisterAsync("tidy", "echo", JobSchedule.Every(TimeSpan.FromHours(5)), new { folder = "/tmp" });
        await using var page = await chromium.OpenAsync(host.Url + "recurring", server);

        await page.Page.GetByRole(AriaRole.Switch).ClickAsync();
        await page.SeeAsync("tidy is switched off.");
        (await host.Scheduler.ListAsync()).Single().IsEnabled.Should().BeFalse();
        await page.Page.GetByRole(AriaRole.Switch).ClickAsync();
        await page.SeeAsync("tidy is switched on.");

        await page.Button("Edit tidy").ClickAsync();
        await page.Dialog.GetByLabel("Every so many seconds").FillAsync("7200");
        await page.Dialog.Locator(".preview").ReadsAsync("every 2 hours");
        await page.Button("Save", exact: true).ClickAsync();
        await page.SeeAsync("tidy is saved.");
        (await host.Scheduler.ListAsync()).Single().Schedule!.Interval.Should().Be(TimeSpan.FromHours(2));

        await page.Button("Run tidy now").ClickAsync();
        await page.SeeAsync("Timeline");
        await page.Page.GoBackAsync();
        await page.Row("tidy").GetByText("Completed").SeeAsync();

        await page.Button("Remove tidy").ClickAsync();
        await page.Button("Remove 1 recurring job").ClickAsync();
        await page.SeeAsync("No recurring jobs");
        (await host.Scheduler.ListAsync()).Should().BeEmpty();
        page.VerifyClean();
    }
}
