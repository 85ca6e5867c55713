using System.Net.Http.Headers;
using System.Text;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.JobService;

/// <summary>What is wrong with a request is said with the right code, and names the member.</summary>
public sealed class JobServiceErrorTests(TestServer server)
{
    [Theory]
    [InlineData("""{"args":{}}""", 422, "name")]
    [InlineData("""{"name":""}""", 422, "name")]
    [InlineData("""{"name":"ecoh"}""", 422, "name")]
    [InlineData("""{"name":"echo","priority":"urgent"}""", 422, "priority")]
    [InlineData("""{"name":"echo","priority":7}""", 422, "priority")]
    [InlineData("""{"name":"echo","queue":"not valid!"}""", 422, "queue")]
    [InlineData("""{"name":"echo","max_retries":101}""", 422, "max_retries")]
    [InlineData("""{"name":"echo","max_retries":1.5}""", 422, "max_retries")]
    [InlineData("""{"name":"echo","timeout":86401}""", 422, "timeout")]
    [InlineData("""{"name":"echo","timeout":0}""", 422, "timeout")]
    [InlineData("""{"name":"echo","scheduled_at":"tomorrow"}""", 422, "scheduled_at")]
    [InlineData("""{"name":"echo","delay_seconds":-1}""", 422, "delay_seconds")]
    [InlineData("""{"name":"echo","tags":"one"}""", 422, "tags")]
    [InlineData("""{"name":"echo","tags":[""]}""", 422, "tags")]
    [InlineData("""{"name":"\ud800"}""", 422, "name")]
    [InlineData("""{"name":"echo","tags":["\ud800"]}""", 422, "tags")]
    [InlineData("""{"name":"echo","scheduled_at":"\ud800"}""", 422, "scheduled_at")]
    [InlineData("""[]""", 422, null)]
    [InlineData("""{"name":""", 400, null)]
    [InlineData("""not json""", 400, null)]
    public async Task An_enqueue_that_is_wrong_is_refused(string body, int status, string? field)
    {
        await using var host = await ApiHost.StartAsync(server);

        var problem = await host.SendAsync(Post("/jobs/enqueue", body), status);

        (problem.TryGetProperty("field", out var named) ? named.GetString() : null).Should().Be(field);
        (await host.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(0);
    }

    [Fact]
    public async Task A_mistyped_handler_is_told_the_nearest_one()
    {
        await using var host = await ApiHost.StartAsync(server);

        (await host.PostAsync("/jobs/enqueue", new { name = "ecoh" }, 422)).GetProperty("detail").GetString().Should().Contain("Did you mean 'echo'?");
    }

    [Theory]
    [InlineData("""{"name":"x","job_name":"echo","schedule_type":"moon"}""", "schedule_type")]
    [InlineData("""{"name":"x","job_name":"echo","schedule_type":"cron"}""", "cron_expression")]
    [InlineData("""{"name":"x","job_name":"echo","schedule_type":"cron","cron_expression":"61 * * * *"}""", "cron_expression")]
    [InlineData("""{"name":"x","job_name":"echo","schedule_type":"cron","cron_expression":"0 0 30 2 *"}""", "cron_expression")]
    [InlineData("""{"name":"x","job_name":"echo","schedule_type":"cron","cron_expression":"0 8 * * *","time_zone":"Mars/Base"}""", "time_zone")]
    [InlineData("""{"name":"x","job_name":"echo","schedule_type":"interval","interval_seconds":0.5}""", "interval_seconds")]
    [InlineData("""{"name":"x","job_name":"echo","schedule_type":"interval","interval_seconds":90,"misfire":"later"}""", "misfire")]
    [InlineData("""{"name":"not valid!","job_name":"echo","schedule_type":"interval","interval_seconds":90}""", "name")]
    [InlineData("""{"name":"x","job_name":"ecoh","schedule_type":"interval","interval_seconds":90}""", "job_name")]
    public async Task A_recurring_job_that_can_not_work_is_refused(string body, string field)
    {
        await using var host = await ApiHost.StartAsync(server);

        (await host.SendAsync(Post("/jobs/scheduled/register", body), 422)).GetProperty("field").GetString().Should().Be(field);
        (await host.Scheduler.ListAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("/jobs/job/0190000000007000800061000000000000", 404)]
    [InlineData("/jobs/job/nonsense", 404)]
    [InlineData("/jobs/job/nonsense/result", 404)]
    [InlineData("/jobs/nothing/here/at/all", 404)]
    [InlineData("/jobs/enqueue", 405)]
    [InlineData("/jobs/pending?limit=0", 422)]
    [InlineData("/jobs/pending?limit=501", 422)]
    [InlineData("/jobs/pending?limit=many", 422)]
    [InlineData("/jobs/pending?priority=urgent", 422)]
    [InlineData("/jobs/pending?cursor=nonsense", 422)]
    public async Task A_path_that_leads_nowhere_says_why(string path, int status)
    {
        await using var host = await ApiHost.StartAsync(server);

        await host.GetAsync(path, status);
    }

    [Fact]
    public async Task A_body_of_another_type_or_size_is_refused()
    {
        await using var host = await ApiHost.StartAsync(server, static api => api.MaxBodyBytes = 1024);
        var form = Post("/jobs/enqueue", "name=echo");
        form.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");

        await host.SendAsync(form, 415);
        await host.SendAsync(Post("/jobs/enqueue", $$$"""{"name":"echo","args":{"text":"{{{new string('x', 2000)}}}"}}"""), 413);
        var chunked = Post("/jobs/enqueue", $$$"""{"name":"echo","args":{"text":"{{{new string('x', 2000)}}}"}}""");
        chunked.Headers.TransferEncodingChunked = true;
        await host.SendAsync(chunked, 413);
        var torn = Post("/jobs/enqueue", "");
        torn.Content = new ByteArrayContent([.. "{\"name\":\""u8, 0xFF, .. "\"}"u8]);
        torn.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        await host.SendAsync(torn, 400);
        await host.SendAsync(Post("/jobs/enqueue", new string('[', 100) + new string(']', 100)), 400);
    }

    [Fact]
    public async Task A_request_with_a_key_that_is_repeated_answers_with_the_same_job()
    {
        await using var host = await ApiHost.StartAsync(server);
        var first = await host.SendAsync(Keyed("""{"name":"echo","args":{"a":1}}""", "k-1"), 201);
        var again = await host.SendAsync(Keyed("""{"name":"echo","args":{"a":1}}""", "k-1"), 200);
        var other = await host.SendAsync(Keyed("""{"name":"echo","args":{"a":2}}""", "k-1"), 422);

        again.GetProperty("job_id").GetString().Should().Be(first.GetProperty("job_id").GetString());
        other.GetProperty("field").GetString().Should().Be("Idempotency-Key");
        (await host.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(1);
    }

    [Fact]
    public async Task Waiting_for_a_result_answers_as_soon_as_it_is_there_and_is_limited()
    {
        await using var host = await ApiHost.StartAsync(server, static api => api.MaxWaiters = 0);
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "hold" }, 201)).GetProperty("job_id").GetString()!;
        await host.GetAsync($"/jobs/job/{id}/result?wait=1", 429);
        await host.GetAsync($"/jobs/job/{id}/result?wait=31", 422);
        await host.GetAsync($"/jobs/job/{id}/result", 202);
        await using var other = await ApiHost.StartAsync(server);
        var echo = (await other.PostAsync("/jobs/enqueue", new { name = "echo", args = new { a = 1 } }, 201)).GetProperty("job_id").GetString()!;

        (await other.GetAsync($"/jobs/job/{echo}/result?wait=30")).GetProperty("result").GetRawText().Should().Be("""{"a":1}""");
    }

    [Fact]
    public async Task Arguments_pass_byte_for_byte()
    {
        await using var host = await ApiHost.StartAsync(server);
        const string Args = """{"big":1234567890123456789,"text":"\u00e9","list":[],"float":1.10}""";
        var id = (await host.SendAsync(Post("/jobs/enqueue", $$"""{"name":"echo","args":{{Args}}}"""), 201)).GetProperty("job_id").GetString()!;

        var job = await host.UntilAsync(id, "completed");
        job.GetProperty("args").GetRawText().Should().Be(Args);
    }

    private static HttpRequestMessage Keyed(string body, string key)
    {
        var request = Post("/jobs/enqueue", body);
        request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    private static HttpRequestMessage Post(string path, string body)
        => new(HttpMethod.Post, ApiHost.Base + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
