using System.Text;
using System.Text.Json;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.Rest;

/// <summary>Lists, batches, dead letters and recurring jobs of the REST contract.</summary>
public sealed class RestListTests(TestServer server)
{
    private static readonly string[] Red = ["red"];

    [Fact]
    public async Task Jobs_are_listed_by_state_and_filtered()
    {
        await using var host = await ApiHost.StartAsync(server, queue: static options => options.RunWorkers = false, api: static options => options.AllowUnknownHandlers = true);
        for (var number = 0; number < 12; number++)
        {
            await host.PostAsync(
                "/jobs/enqueue", new { name = number % 2 == 0 ? "even" : "odd", args = new { number }, queue = number < 6 ? "a" : "b", tags = number == 3 ? Red : [], priority = number == 4 ? "high" : "normal" }, 201);
        }

        Numbers(await host.GetAsync("/jobs")).Should().Equal(Enumerable.Range(0, 12).Reverse(), "the newest come first");
        Numbers(await host.GetAsync("/jobs?job_type=even&queue=b")).Should().Equal(10, 8, 6);
        Numbers(await host.GetAsync("/jobs?tag=red")).Should().Equal(3);
        Numbers(await host.GetAsync("/jobs?priority=high")).Should().Equal(4);
        Numbers(await host.GetAsync("/jobs?status=pending&queue=a&job_type=odd")).Should().Equal(1, 3, 5);
        Numbers(await host.GetAsync("/jobs?status=failed")).Should().BeEmpty();
        Numbers(await host.GetAsync("/jobs?created_after=2999-01-01")).Should().BeEmpty();
        Numbers(await host.GetAsync("/jobs?created_before=2999-01-01T00:00:00Z&limit=2")).Should().Equal(11, 10);
        await host.GetAsync("/jobs?status=lost", 422);
        await host.GetAsync("/jobs?created_after=yesterday", 422);
    }

    [Fact]
    public async Task Pages_of_a_filtered_list_have_each_job_once()
    {
        await using var host = await ApiHost.StartAsync(server, queue: static options => options.RunWorkers = false);
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 300).Select(static number => new JobRequest(number % 7 == 0 ? "rare" : "common", new { number })));

        var seen = new List<int>();
        string? cursor = null;
        do
        {
            var response = await host.Client.GetAsync($"{ApiHost.Base}/jobs?job_type=rare&limit=10{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}", TestContext.Current.CancellationToken);
            seen.AddRange(Numbers(JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))));
            cursor = response.Headers.TryGetValues("X-Next-Cursor", out var next) ? next.Single() : null;
        }
        while (cursor is not null);

        seen.Should().Equal(Enumerable.Range(0, 300).Where(static number => number % 7 == 0).Reverse());
    }

    [Fact]
    public async Task A_filter_that_reads_too_much_says_that_there_may_be_more()
    {
        await using var host = await ApiHost.StartAsync(server, queue: static options => options.RunWorkers = false);
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 6_000).Select(static number => new JobRequest("common", new { number })));

        var response = await host.Client.GetAsync($"{ApiHost.Base}/jobs?job_type=rare&limit=500", TestContext.Current.CancellationToken);

        response.Headers.GetValues("X-Scan-Incomplete").Should().Equal("true");
        response.Headers.Should().Contain(static header => header.Key == "X-Next-Cursor");
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Be("[]");
    }

    [Fact]
    public async Task A_batch_is_checked_whole_and_a_repeat_under_its_key_stores_nothing_twice()
    {
        await using var host = await ApiHost.StartAsync(server);
        var batch = "[" + string.Join(',', Enumerable.Range(0, 700).Select(static number => $$$"""{"job_type":"echo","payload":{"number":{{{number}}}}}""")) + "]";

        var first = await host.SendAsync(Batch(batch, "b-1"), 201);
        var again = await host.SendAsync(Batch(batch, "b-1"), 201);
        var bad = await host.SendAsync(Batch("""[{"job_type":"echo"},{"job_type":"echo","priority":"urgent"}]"""), 422);
        await host.SendAsync(Batch("""[{"job_type":"echo"}]""", "b-1"), 422);
        await host.SendAsync(Batch("""{"job_type":"echo"}"""), 422);

        first.GetProperty("job_ids").GetArrayLength().Should().Be(700);
        again.GetRawText().Should().Be(first.GetRawText());
        bad.GetProperty("field").GetString().Should().Be("priority");
        bad.GetProperty("detail").GetString().Should().StartWith("Job 1 of the array:");
        (await host.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(700);
    }

    [Fact]
    public async Task Dead_letters_tell_what_their_attempts_have_said()
    {
        await using var host = await ApiHost.StartAsync(server);
        var id = (await host.PostAsync("/jobs", new { job_type = "fail", payload = new { a = 1 }, max_retries = 1 }, 201)).GetProperty("job_id").GetString()!;
        await host.UntilAsync(id, "failed");

        Golden.Verify(Shapes.Of(await host.GetAsync("/dead-letters")), "dead_letters.golden.json");
        await host.PostAsync($"/dead-letters/{id}/retry", new { args = new { a = 2 } });
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(JobId.Parse(id)))! is { Attempts.Count: 4, State: JobState.Dead }, "it has failed again");
        await host.DeleteAsync($"/dead-letters/{id}");
        (await host.GetAsync("/dead-letters")).GetProperty("total").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task Recurring_jobs_are_created_changed_and_removed()
    {
        await using var host = await ApiHost.StartAsync(server);

        var created = await host.PostAsync("/scheduled-jobs", new { job_type = "echo", cron_expression = "0 3 * * *", time_zone = "Europe/Berlin", priority = "high", payload = new { a = 1 } }, 201);
        Golden.Verify(Shapes.Of(created), "scheduled_job.golden.json");
        await host.PostAsync("/scheduled-jobs", new { name = "often", job_type = "echo", interval_seconds = 90 }, 201);
        await host.PostAsync("/scheduled-jobs", new { name = "never", job_type = "echo" }, 422);
        (await PutAsync(host, "often", """{"is_active":false}""")).GetProperty("next_runs").GetArrayLength().Should().Be(0);
        (await PutAsync(host, "often", """{"job_type":"echo","interval_seconds":60,"is_active":true}""")).GetProperty("interval_seconds").GetDouble().Should().Be(60);
        (await host.GetAsync("/scheduled-jobs/often")).GetProperty("is_active").GetBoolean().Should().BeTrue();
        Golden.Verify(Shapes.Of(await host.GetAsync("/scheduled-jobs")), "scheduled_jobs.golden.json");
        (await host.GetAsync("/scheduled-jobs")).EnumerateArray().Select(static task => task.GetProperty("name").GetString()).Should().Equal("echo", "often");
        await host.DeleteAsync("/scheduled-jobs/often");
        await host.GetAsync("/scheduled-jobs/often", 404);
        await host.GetAsync("/scheduled-jobs/not%20valid", 404);
    }

    private static IEnumerable<int> Numbers(JsonElement jobs) => [.. jobs.EnumerateArray().Select(static job => job.GetProperty("payload").GetProperty("number").GetInt32())];

    private static Task<JsonElement> PutAsync(ApiHost host, string name, string body) => host.SendAsync(
        new HttpRequestMessage(HttpMethod.Put, $"{ApiHost.Base}/scheduled-jobs/{name}") { Content = new StringContent(body, Encoding.UTF8, "application/json") }, 200);

    private static HttpRequestMessage Batch(string body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, ApiHost.Base + "/jobs/batch") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        _ = key is not null && request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return request;
    }
}
