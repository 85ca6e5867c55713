using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Tests.Infrastructure;

namespace JobQueue.Dashboard.Tests.Browser;

/// <summary>What can be done with many jobs: those that are selected, those that a filter finds, groups of dead ones, and all.</summary>
public sealed class ManyJobsTests(TestServer server, Chromium chromium)
{
    [Fact]
    public async Task Selected_jobs_are_deleted_after_a_question_that_names_their_number()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var (first, second, third) = (await host.DeadAsync("a"), await host.DeadAsync("b"), await host.DeadAsync("c"));
        await using var page = await chromium.OpenAsync(host.Url + "jobs?state=failed", server);

        await page.Page.GetByLabel($"Select {first}").CheckAsync();
        await page.Page.GetByLabel($"Select {second}").CheckAsync();
        await page.SeeAsync("2 jobs selected");
        await page.Button("Delete").ClickAsync();
        await page.Button("Delete 2 jobs").ClickAsync();

        await page.SeeAsync("2 jobs deleted.");
        (await host.Jobs.GetAsync(first)).Should().BeNull();
        (await host.Jobs.GetAsync(third)).Should().NotBeNull();
        await page.Button("Close", exact: true).First.ClickAsync();
        await page.Page.Locator("main tr[data-row]").Nth(1).MissAsync();
        page.VerifyClean();
    }

    [Fact]
    public async Task What_a_filter_finds_is_counted_and_cancelled()
    {
        await using var host = await DashboardHost.StartAsync(server);
        for (var i = 0; i < 6; i++)
        {
            await host.Jobs.EnqueueAsync("echo", new { i }, options => (options.Delay, options.Queue) = (TimeSpan.FromHours(1), i < 4 ? "mail" : "media"));
        }

        await using var page = await chromium.OpenAsync(host.Url + "jobs?state=scheduled&queue=mail", server);
        await page.SeeAsync("All that match:");

        await page.Button("Cancel…", exact: true).ClickAsync();
        await page.Button("Cancel 4 jobs").ClickAsync();

        await page.SeeAsync("4 jobs cancelled.");
        (await host.Monitor.GetCountsAsync()).Scheduled.Should().Be(2);
        page.VerifyClean();
    }

    [Fact]
    public async Task Filters_narrow_the_list_and_stand_in_the_address()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await host.Jobs.EnqueueAsync("echo", new { }, static options => options.Tags.Add("tenant-1"));
        await host.Jobs.EnqueueAsync("hold", new { }, static options => options.Tags.Add("tenant-2"));
        await using var page = await chromium.OpenAsync(host.Url + "jobs", server);
        await page.Row("echo").SeeAsync();

        await page.Page.GetByLabel("Tag").FillAsync("tenant-2");
        await page.Page.GetByLabel("Tag").PressAsync("Enter");

        await page.Row("echo").MissAsync();
        await page.Row("hold").SeeAsync();
        page.Page.Url.Should().EndWith("jobs?tag=tenant-2");
        await page.Page.ReloadAsync();
        await page.Row("hold").SeeAsync();
        await page.Row("echo").MissAsync();
        page.VerifyClean();
    }

    [Fact]
    public async Task A_long_list_is_read_page_by_page()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 120).Select(static number => new JobRequest("echo", new { number }) { Options = { Delay = TimeSpan.FromHours(1) } }));
        await using var page = await chromium.OpenAsync(host.Url + "jobs?state=scheduled", server);
        await page.SeeAsync("Page 1, 50 jobs");

        await page.Button("Next").ClickAsync();
        await page.SeeAsync("Page 2, 50 jobs");
        await page.Button("Next").ClickAsync();
        await page.SeeAsync("Page 3, 20 jobs");
        await page.Button("Back").ClickAsync();
        await page.SeeAsync("Page 2, 50 jobs");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_group_of_dead_letters_is_retried_and_the_others_stay()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await host.DeadAsync("the card 1 was declined");
        await host.DeadAsync("the card 2 was declined");
        var other = await host.Jobs.EnqueueAsync("fail_unless_fixed", new { });
        await host.UntilAsync(other, JobState.Dead);
        await using var page = await chromium.OpenAsync(host.Url + "dead-letters", server);
        await page.SeeAsync("3 jobs in 2 groups");

        await page.Button("Retry the group of fail", exact: true).ClickAsync();
        await page.Button("Retry 2 jobs").ClickAsync();

        await page.SeeAsync("2 jobs retried.");
        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).TotalRequeued == 2, "two were requeued");
        page.VerifyClean();
    }

    [Fact]
    public async Task One_dead_letter_of_a_group_is_deleted_and_one_retried()
    {
        await using var host = await DashboardHost.StartAsync(server);
        var (first, second) = (await host.DeadAsync("the card 1 was declined"), await host.DeadAsync("the card 2 was declined"));
        await using var page = await chromium.OpenAsync(host.Url + "dead-letters", server);
        await page.Page.Locator(".group-toggle").ClickAsync();

        await page.Button($"Delete {first}").ClickAsync();
        await page.Button("Delete 1 job").ClickAsync();
        await page.Button($"Delete {first}").MissAsync();
        await page.Button($"Retry {second}").ClickAsync();

        await page.SeeAsync("The job waits again.");
        (await host.Jobs.GetAsync(first)).Should().BeNull();
        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).TotalRequeued == 1, "one was requeued");
        page.VerifyClean();
    }

    [Fact]
    public async Task All_dead_letters_are_deleted()
    {
        await using var host = await DashboardHost.StartAsync(server);
        await host.DeadAsync("a");
        await host.DeadAsync("b");
        await using var page = await chromium.OpenAsync(host.Url + "dead-letters", server);

        await page.Button("Delete all").ClickAsync();
        await page.Button("Delete 2 jobs").ClickAsync();

        await page.SeeAsync("2 jobs deleted.");
        (await host.Monitor.GetCountsAsync()).Dead.Should().Be(0);
        await page.SeeAsync("No dead letters");
        page.VerifyClean();
    }
}
