using System.Text.Json;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.JobService;

/// <summary>Every shape of the job service contract against its golden file: clients were written for it.</summary>
public sealed class JobServiceShapeTests(TestServer server)
{
    private static readonly object Email = new { to = "a@example.com", count = 2 };

    private static readonly string[] Tags = ["a", "b"];

    [Fact]
    public async Task A_completed_job_and_its_result()
    {
        await using var host = await ApiHost.StartAsync(server);
        var enqueued = await host.PostAsync(
            "/jobs/enqueue", new { name = "echo", args = Email, priority = "medium", user_id = "u-1", tags = Tags, max_retries = 2, timeout = 30 }, 201);
        var id = enqueued.GetProperty("job_id").GetString()!;
        Check(enqueued, "enqueued");

        Check(await host.UntilAsync(id, "completed"), "job.completed");
        Check(await host.GetAsync($"/jobs/job/{id}/result"), "result.completed");
    }

    [Fact]
    public async Task A_dead_job_its_list_its_retry_and_its_end()
    {
        await using var host = await ApiHost.StartAsync(server);
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "fail" }, 201)).GetProperty("job_id").GetString()!;

        Check(await host.UntilAsync(id, "failed"), "job.failed");
        Check(await host.GetAsync($"/jobs/job/{id}/result"), "result.failed");
        Check(await host.GetAsync("/jobs/dlq"), "dlq");
        Check(await host.PostAsync($"/jobs/dlq/{id}/retry", new { args = new { again = true } }), "dlq.retry");
        var again = await host.UntilAsync(id, "failed");
        again.GetProperty("args").GetRawText().Should().Be("""{"again":true}""");
        again.GetProperty("attempts").GetArrayLength().Should().Be(2);
        Check(await host.DeleteAsync($"/jobs/dlq/{id}"), "dlq.delete");
        await host.GetAsync($"/jobs/job/{id}", 404);
        Check(await host.DeleteAsync("/jobs/dlq"), "dlq.clear");
    }

    [Fact]
    public async Task A_delayed_job_is_pending_with_its_time_and_can_be_cancelled_once()
    {
        await using var host = await ApiHost.StartAsync(server);
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "echo", delay_seconds = 3600 }, 201)).GetProperty("job_id").GetString()!;

        Check(await host.GetAsync($"/jobs/job/{id}"), "job.delayed");
        Check(await host.GetAsync($"/jobs/job/{id}/result", 202), "result.delayed");
        Check(await host.GetAsync("/jobs/scheduled"), "scheduled");
        Check(await host.PostAsync($"/jobs/job/{id}/cancel"), "cancelled");
        Check(await host.PostAsync($"/jobs/job/{id}/cancel", status: 409), "problem.conflict");
    }

    [Fact]
    public async Task What_waits_is_listed_in_the_order_it_will_run()
    {
        await using var host = await ApiHost.StartAsync(server, queue: static options => options.RunWorkers = false, api: static options => options.AllowUnknownHandlers = true);
        foreach (var (priority, queue) in new[] { ("low", "mail"), ("critical", "mail"), ("high", "video") })
        {
            await host.PostAsync("/jobs/enqueue", new { name = "echo", priority, queue }, 201);
        }

        Names(await host.GetAsync("/jobs/pending")).Should().Equal("critical mail", "high video", "low mail");
        Names(await host.GetAsync("/jobs/pending?queue=mail")).Should().Equal("critical mail", "low mail");
        Names(await host.GetAsync("/jobs/pending?priority=high")).Should().Equal("high video");
        Check(await host.GetAsync("/jobs/pending?queue=video"), "pending");
        Check(await host.GetAsync("/jobs/queue/stats"), "queue.stats");
        Check(await host.GetAsync("/jobs/queue/stats?queue=mail"), "queue.stats.one");
        var page = await host.Client.GetAsync(ApiHost.Base + "/jobs/pending?limit=2", TestContext.Current.CancellationToken);
        var next = page.Headers.GetValues("X-Next-Cursor").Single();
        page.Headers.GetValues("Link").Single().Should().Be($"<{ApiHost.Base}/jobs/pending?limit=2&cursor={Uri.EscapeDataString(next)}>; rel=\"next\"");
        Names(await host.GetAsync("/jobs/pending?limit=2&cursor=" + Uri.EscapeDataString(next))).Should().Equal("low mail");
    }

    [Fact]
    public async Task The_fleet_the_handlers_and_the_statistics()
    {
        await using var host = await ApiHost.StartAsync(server);
        await host.PostAsync("/jobs/enqueue", new { name = "hold" }, 201);
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync("/jobs/workers/stats")).GetProperty("workers")[0].GetProperty("current_jobs").GetArrayLength() == 1, "the worker tells of its job");

        Check(await host.GetAsync("/jobs/workers/stats"), "workers.stats");
        Check(await host.GetAsync("/jobs/handlers"), "handlers");
        Check(await host.GetAsync("/jobs/stats"), "stats");
        Check(await host.GetAsync("/jobs/health"), "health");
    }

    [Fact]
    public async Task Recurring_jobs_are_registered_switched_run_and_removed()
    {
        await using var host = await ApiHost.StartAsync(server);
        var body = new
        {
            name = "nightly",
            job_name = "echo",
            schedule_type = "cron",
            cron_expression = "0 3 * * *",
            time_zone = "Europe/Berlin",
            priority = "high",
            queue = "reports",
            args = Email,
            misfire = "skip",
            overlap = "skip_if_running",
        };

        Check(await host.PostAsync("/jobs/scheduled/register", body, 201), "task.registered");
        await host.PostAsync("/jobs/scheduled/register", body);
        await host.PostAsync("/jobs/scheduled/register", new { name = "often", job_name = "echo", schedule_type = "interval", interval_seconds = 90 }, 201);
        await host.PostAsync("/jobs/scheduled/register", new { name = "once", job_name = "echo", schedule_type = "once", run_at = "2999-01-01T00:00:00" }, 201);
        Check(await host.GetAsync("/jobs/scheduler/stats"), "scheduler.stats");
        (await host.PostAsync("/jobs/scheduled/nightly/disable")).GetProperty("task").GetProperty("enabled").GetBoolean().Should().BeFalse();
        (await host.PostAsync("/jobs/scheduled/nightly/enable")).GetProperty("task").GetProperty("next_run_at").GetString().Should().EndWith(":00:00.000Z");
        var run = await host.PostAsync("/jobs/scheduled/nightly/run");
        Check(run, "task.run");
        await host.UntilAsync(run.GetProperty("job_id").GetString()!, "completed");
        Check(await host.DeleteAsync("/jobs/scheduled/nightly"), "task.removed");
        await host.DeleteAsync("/jobs/scheduled/nightly", 404);
    }

    private static IEnumerable<string> Names(JsonElement jobs)
        => jobs.EnumerateArray().Select(static job => $"{job.GetProperty("priority").GetString()} {job.GetProperty("queue").GetString()}");

    private static void Check(JsonElement answer, string golden) => Golden.Verify(Shapes.Of(answer), golden + ".golden.json");
}
