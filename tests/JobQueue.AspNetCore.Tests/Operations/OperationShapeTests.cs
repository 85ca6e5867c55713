using System.Text.Json;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.Operations;

/// <summary>Every shape for dashboards and operators against its golden file.</summary>
public sealed class OperationShapeTests(TestServer server)
{
    private static readonly string[] Tags = ["a"];

    [Fact]
    public async Task The_whole_at_a_glance_with_what_needs_attention()
    {
        await using var host = await ApiHost.StartAsync(server);
        await host.DieAsync();
        await host.PostAsync("/queues/mail/pause");
        await host.PostAsync("/jobs/enqueue", new { name = "echo", queue = "mail", priority = "high" }, 201);
        await host.PostAsync("/jobs/enqueue", new { name = "echo", delay_seconds = 3600 }, 201);

        var overview = await host.GetAsync("/overview");

        overview.GetProperty("oldest").GetProperty("waiting_seconds").GetDouble().Should().BeGreaterThanOrEqualTo(0);
        Check(overview, "overview");
    }

    [Fact]
    public async Task The_history_has_a_point_a_minute()
    {
        await using var host = await ApiHost.StartAsync(server);
        await host.DieAsync();

        var points = (await host.GetAsync("/stats/history?minutes=3")).GetProperty("points").EnumerateArray().ToList();

        points.Should().HaveCount(3);
        points.Sum(static point => point.GetProperty("dead").GetInt32()).Should().Be(1);
        points.Sum(static point => point.GetProperty("failed").GetInt32()).Should().Be(1);
        points.Should().Contain(static point => point.GetProperty("run_p95_ms").ValueKind == JsonValueKind.Number);
        points[0].EnumerateObject().Select(static member => member.Name).Should().Equal(
            "at", "enqueued", "completed", "failed", "retried", "dead", "cancelled", "wait_p50_ms", "wait_p95_ms", "run_p50_ms", "run_p95_ms", "run_p99_ms");
        (await host.GetAsync("/stats/history")).GetProperty("points").GetArrayLength().Should().Be(60);
        (await host.GetAsync("/stats/history?minutes=2881", 422)).GetProperty("field").GetString().Should().Be("minutes");
    }

    [Fact]
    public async Task The_handlers_with_what_they_did()
    {
        await using var host = await ApiHost.StartAsync(server);
        await host.DieAsync();

        Check(await host.GetAsync("/handlers/stats?hours=1"), "handlers.stats");
        (await host.GetAsync("/handlers/stats?hours=49", 422)).GetProperty("field").GetString().Should().Be("hours");
    }

    [Fact]
    public async Task The_workers_with_the_jobs_that_they_run()
    {
        await using var host = await ApiHost.StartAsync(server);
        await host.PostAsync("/jobs/enqueue", new { name = "hold" }, 201);
        JsonElement workers = default;
        await Eventually.HoldsAsync(
            async () => (workers = await host.GetAsync("/workers")).GetProperty("workers")[0].GetProperty("current_jobs").GetArrayLength() == 1, "the worker tells of its job");

        Check(workers, "workers");
    }

    [Fact]
    public async Task A_queue_is_paused_resumed_and_purged()
    {
        await using var host = await ApiHost.StartAsync(server);
        Check(await host.PostAsync("/queues/mail/pause"), "queue.paused");
        await host.PostAsync("/jobs/enqueue", new { name = "echo", queue = "mail", priority = "low" }, 201);
        Check(await host.GetAsync("/queues"), "queues");

        (await host.DeleteAsync("/queues/mail/jobs", 422)).GetProperty("field").GetString().Should().Be("confirm");
        await host.DeleteAsync("/queues/mail/jobs?confirm=audio", 422);
        Check(await host.DeleteAsync("/queues/mail/jobs?confirm=mail"), "queue.purged");
        Check(await host.PostAsync("/queues/mail/resume"), "queue.resumed");
        await host.PostAsync("/queues/-mail/pause", status: 422);
    }

    [Fact]
    public async Task Dead_jobs_form_groups_that_are_retried_and_deleted()
    {
        await using var host = await ApiHost.StartAsync(server);
        await host.DieAsync();
        await host.DieAsync();
        var groups = await host.GetAsync("/dead-letters/groups");
        Check(groups, "groups");
        var fingerprint = groups.GetProperty("groups")[0].GetProperty("fingerprint").GetString()!;
        (await host.GetAsync($"/dead-letters?fingerprint={fingerprint}")).GetProperty("items").GetArrayLength().Should().Be(2);
        (await host.GetAsync($"/dead-letters?fingerprint={new string('0', fingerprint.Length)}")).GetProperty("items").GetArrayLength().Should().Be(0);

        Check(await host.PostAsync($"/dead-letters/groups/{fingerprint}/retry"), "group.retried");
        await Eventually.HoldsAsync(async () => (await host.GetAsync("/dead-letters")).GetProperty("total").GetInt32() == 2, "they have failed again");
        (await host.DeleteAsync($"/dead-letters/groups/{fingerprint}")).GetProperty("done_count").GetInt32().Should().Be(2);
        (await host.GetAsync("/dead-letters/groups")).GetProperty("groups").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task Everything_that_is_kept_of_a_job()
    {
        await using var host = await ApiHost.StartAsync(server);
        var id = await host.DieAsync();
        var done = (await host.PostAsync("/jobs/enqueue", new { name = "talk", tags = Tags, user_id = "u-1", timeout = 30, max_retries = 2 }, 201)).GetProperty("job_id").GetString()!;
        await host.UntilAsync(done, "completed");
        var delayed = (await host.PostAsync("/jobs/enqueue", new { name = "echo", delay_seconds = 3600 }, 201)).GetProperty("job_id").GetString()!;

        Check(await host.GetAsync($"/jobs/{id}/details"), "details.failed");
        Check(await host.GetAsync($"/jobs/{done}/details"), "details.completed");
        (await host.GetAsync($"/jobs/{delayed}/details")).GetProperty("state").GetString().Should().Be("scheduled");
        Check(await host.GetAsync($"/jobs/{done}/log"), "log");
        await host.GetAsync($"/jobs/{JobId.FromKey("nobody")}/details", 404);
        await host.GetAsync("/jobs/nobody/log", 404);
    }

    [Fact]
    public async Task Recurring_jobs_with_their_timetables_in_words()
    {
        await using var host = await ApiHost.StartAsync(server);
        await host.PostAsync(
            "/jobs/scheduled/register", new { name = "nightly", job_name = "echo", schedule_type = "cron", cron_expression = "0 3 * * MON-FRI", time_zone = "Europe/Berlin" }, 201);
        var run = (await host.PostAsync("/jobs/scheduled/nightly/run")).GetProperty("job_id").GetString()!;
        await host.UntilAsync(run, "completed");

        Check(await host.GetAsync("/recurring"), "recurring");
    }

    [Fact]
    public async Task A_timetable_is_shown_before_it_is_registered()
    {
        await using var host = await ApiHost.StartAsync(server);

        Check(await host.PostAsync("/schedules/preview", new { cron_expression = "*/15 9-17 * * 1-5", time_zone = "America/New_York" }), "preview");
        (await host.PostAsync("/schedules/preview", new { interval_seconds = 90 })).GetProperty("description").GetString().Should().Be("every 1 minute 30 seconds");
        (await host.PostAsync("/schedules/preview", new { run_at = "2999-01-01" })).GetProperty("next_runs").GetArrayLength().Should().Be(1);
        (await host.PostAsync("/schedules/preview", new { cron_expression = "61 * * * *" }, 422)).GetProperty("field").GetString().Should().Be("cron_expression");
        (await host.PostAsync("/schedules/preview", new { cron_expression = "* * * * *", time_zone = "Mars/Olympus" }, 422)).GetProperty("field").GetString().Should().Be("time_zone");
        (await host.PostAsync("/schedules/preview", new { }, 422)).GetProperty("field").GetString().Should().Be("cron_expression");
        (await host.GetAsync("/recurring")).GetProperty("jobs").GetArrayLength().Should().Be(0);
    }

    private static void Check(JsonElement answer, string golden) => Golden.Verify(Shapes.Of(answer), golden + ".golden.json");
}
