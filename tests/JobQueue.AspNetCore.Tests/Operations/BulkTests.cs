using System.Text.Json.Nodes;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.Operations;

/// <summary>One thing done to many jobs.</summary>
public sealed class BulkTests(TestServer server)
{
    [Fact]
    public async Task Waiting_jobs_that_fit_a_filter_are_cancelled_and_the_others_stay()
    {
        await using var host = await ApiHost.StartAsync(server, queue: static options => options.RunWorkers = false);
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 700).Select(static n => new JobRequest(n % 2 == 0 ? "even" : "odd", new { n })));

        var trial = await host.PostAsync("/bulk", new { action = "cancel", filter = new { status = "pending", job_type = "even" }, dry_run = true });
        (trial.GetProperty("matched").GetInt32(), trial.GetProperty("done").GetInt32()).Should().Be((350, 0));
        (await host.Monitor.GetCountsAsync()).Cancelled.Should().Be(0);

        Golden.Verify(Shapes.Of(await host.PostAsync("/bulk", new { action = "cancel", filter = new { status = "pending", job_type = "even" } })), "bulk.golden.json");
        (await host.Monitor.GetCountsAsync()).Should().Match<JobCounts>(static counts => counts.Cancelled == 350 && counts.Pending == 350);
    }

    [Fact]
    public async Task A_call_handles_a_bounded_part_and_the_cursor_goes_on_until_all_are_done()
    {
        await using var host = await ApiHost.StartAsync(server, queue: static options => options.RunWorkers = false);
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 5_600).Select(static n => new JobRequest("later", new { n }) { Options = { Delay = TimeSpan.FromHours(1) } }));

        var (done, calls) = (0, 0);
        string? cursor = null;
        do
        {
            var answer = await host.PostAsync("/bulk", new { action = "delete", filter = new { status = "scheduled" }, cursor });
            answer.GetProperty("done").GetInt32().Should().BeLessThanOrEqualTo(5_000);
            done += answer.GetProperty("done").GetInt32();
            cursor = answer.GetProperty("cursor").GetString();
            calls++;
        }
        while (cursor is not null);

        (done, calls).Should().Be((5_600, 2));
        (await host.Monitor.GetCountsAsync()).Scheduled.Should().Be(0);
    }

    [Fact]
    public async Task All_dead_jobs_or_a_group_of_them_are_retried_and_deleted()
    {
        await using var host = await ApiHost.StartAsync(server);
        await host.DieAsync();
        await host.DieAsync();
        var fingerprint = (await host.GetAsync("/dead-letters/groups")).GetProperty("groups")[0].GetProperty("fingerprint").GetString()!;

        (await host.PostAsync("/bulk", new { action = "retry", all = true, dry_run = true })).GetProperty("matched").GetInt32().Should().Be(2);
        (await host.PostAsync("/bulk", new { action = "retry", all = true })).GetProperty("done").GetInt32().Should().Be(2);
        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()) is { Dead: 2, TotalFailed: 4 }, "they have failed again");
        (await host.PostAsync("/bulk", new { action = "delete", filter = new { fingerprint, job_type = "other" } })).GetProperty("matched").GetInt32().Should().Be(0);
        (await host.PostAsync("/bulk", new { action = "delete", filter = new { fingerprint } })).GetProperty("done").GetInt32().Should().Be(2);
        (await host.Monitor.GetCountsAsync()).Dead.Should().Be(0);
    }

    [Fact]
    public async Task Jobs_that_are_named_are_handled_one_by_one_and_each_refusal_is_told()
    {
        await using var host = await ApiHost.StartAsync(server);
        var dead = await host.DieAsync();
        var delayed = (await host.PostAsync("/jobs/enqueue", new { name = "echo", delay_seconds = 3600 }, 201)).GetProperty("job_id").GetString()!;
        var nobody = JobId.FromKey("nobody").ToString();

        var answer = await host.PostAsync("/bulk", new { action = "run_now", ids = new[] { dead, delayed, nobody } });

        (answer.GetProperty("matched").GetInt32(), answer.GetProperty("done").GetInt32(), answer.GetProperty("failed").GetInt32()).Should().Be((3, 1, 2));
        answer.GetProperty("errors").EnumerateArray().Select(static error => error.GetProperty("job_id").GetString()).Should().BeEquivalentTo(dead, nobody);
        await host.UntilAsync(delayed, "completed");
        (await host.PostAsync("/bulk", new { action = "retry", ids = new[] { dead, delayed } })).GetProperty("done").GetInt32().Should().Be(2);
    }

    [Theory]
    [InlineData("""{}""", "action")]
    [InlineData("""{"action":"explode","all":true}""", "action")]
    [InlineData("""{"action":"retry"}""", "filter")]
    [InlineData("""{"action":"retry","all":false}""", "filter")]
    [InlineData("""{"action":"retry","all":true,"filter":{}}""", "filter")]
    [InlineData("""{"action":"retry","ids":["x"]}""", "ids")]
    [InlineData("""{"action":"delete","all":true}""", "status")]
    [InlineData("""{"action":"cancel","filter":{"status":"completed"}}""", "status")]
    [InlineData("""{"action":"run_now","filter":{"status":"pending"}}""", "status")]
    [InlineData("""{"action":"delete","filter":{"status":"running"}}""", "status")]
    [InlineData("""{"action":"delete","filter":{"status":"pending","fingerprint":"abc"}}""", "status")]
    [InlineData("""{"action":"delete","filter":{"status":"nowhere"}}""", "status")]
    [InlineData("""{"action":"delete","filter":7}""", "filter")]
    [InlineData("""{"action":"delete","filter":{"status":"failed","created_after":"x"}}""", "created_after")]
    public async Task What_is_not_clear_is_refused_and_nothing_is_done(string body, string field)
    {
        await using var host = await ApiHost.StartAsync(server);

        (await host.PostAsync("/bulk", JsonNode.Parse(body), 422)).GetProperty("field").GetString().Should().Be(field);
    }
}
