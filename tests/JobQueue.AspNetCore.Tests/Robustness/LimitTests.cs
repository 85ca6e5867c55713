using System.Net;
using System.Text;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.Robustness;

/// <summary>What is too large, too long, too deep or too many.</summary>
public sealed class LimitTests(TestServer server)
{
    private const int AtOnce = 1_000;

    [Fact]
    public async Task A_thousand_requests_at_once_are_all_answered()
    {
        await using var host = await ApiHost.StartAsync(server);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = AtOnce }) { BaseAddress = host.Client.BaseAddress };
        string[] reads = ["/jobs", "/stats", "/jobs/stats", "/jobs/dlq", "/jobs/workers/stats", "/dead-letters", "/jobs/handlers"];
        var token = TestContext.Current.CancellationToken;

        var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(number => number % 2 == 0
            ? client.PostAsync($"{ApiHost.Base}/jobs/enqueue", Json($$$"""{"name":"echo","args":{"number":{{{number}}}}}"""), token)
            : client.GetAsync(ApiHost.Base + reads[number % reads.Length], token)));

        answers.GroupBy(static answer => answer.StatusCode).ToDictionary(static group => group.Key, static group => group.Count())
            .Should().BeEquivalentTo(new Dictionary<HttpStatusCode, int> { [HttpStatusCode.Created] = AtOnce / 2, [HttpStatusCode.OK] = AtOnce / 2 });
        (await host.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(AtOnce / 2);
        host.Faults.All.Should().BeEmpty();
    }

    [Theory]
    [InlineData("/jobs/enqueue")]
    [InlineData("/jobs")]
    [InlineData("/jobs/batch")]
    [InlineData("/jobs/scheduled/register")]
    [InlineData("/scheduled-jobs")]
    public async Task A_body_that_is_too_large_is_refused_whether_or_not_its_length_is_said(string path)
    {
        await using var host = await ApiHost.StartAsync(server, static api => (api.MaxBodyBytes, api.MaxBatchBytes) = (2_048, 2_048));
        foreach (var chunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, ApiHost.Base + path) { Content = Json("\"" + new string('x', 100_000) + "\"") };
            request.Headers.TransferEncodingChunked = chunked;

            (await host.SendAsync(request, 413)).GetProperty("detail").GetString().Should().Contain("2048 bytes");
        }

        (await host.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(0);
    }

    [Fact]
    public async Task A_body_as_large_as_the_host_allows_is_taken_also_above_the_limit_of_the_web_server()
    {
        await using var host = await ApiHost.StartAsync(server, static api => api.MaxBodyBytes = 40 * 1024 * 1024);
        using var request = new HttpRequestMessage(HttpMethod.Post, ApiHost.Base + "/jobs/enqueue") { Content = Json("{\"name\":\"echo\",\"ignored\":\"" + new string('x', 35 * 1024 * 1024) + "\"}") };

        await host.SendAsync(request, 201);
    }

    [Theory]
    [InlineData(62, 201)]
    [InlineData(63, 400)]
    [InlineData(5_000, 400)]
    public async Task A_body_may_be_64_levels_deep(int levels, int status)
    {
        await using var host = await ApiHost.StartAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Post, ApiHost.Base + "/jobs/enqueue")
        {
            Content = Json("{\"name\":\"echo\",\"args\":{\"a\":" + new string('[', levels) + new string(']', levels) + "}}"),
        };

        await host.SendAsync(request, status);
    }

    [Theory]
    [InlineData(200, 16, 64, 201, null)]
    [InlineData(201, 16, 64, 422, "name")]
    [InlineData(200, 17, 64, 422, "tags")]
    [InlineData(200, 16, 65, 422, "tags")]
    public async Task Names_have_200_characters_at_most_and_jobs_16_tags_of_64(int name, int tags, int tag, int status, string? field)
    {
        await using var host = await ApiHost.StartAsync(server, static api => api.AllowUnknownHandlers = true);

        var answer = await host.PostAsync(
            "/jobs/enqueue", new { name = new string('n', name), tags = Enumerable.Range(0, tags).Select(number => new string((char)('a' + number), tag)) }, status);

        (answer.TryGetProperty("field", out var named) ? named.GetString() : null).Should().Be(field);
    }

    [Theory]
    [InlineData(3, 201)]
    [InlineData(4, 422)]
    [InlineData(0, 201)]
    public async Task A_batch_has_as_many_jobs_as_the_host_allows(int jobs, int status)
    {
        await using var host = await ApiHost.StartAsync(server, static api => api.MaxBatchJobs = 3);

        await host.PostAsync("/jobs/batch", Enumerable.Repeat(new { job_type = "echo" }, jobs), status);

        (await host.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(status == 201 ? jobs : 0);
    }

    [Fact]
    public async Task As_many_wait_for_results_as_the_host_allows()
    {
        await using var host = await ApiHost.StartAsync(server, static api => api.MaxWaiters = 5);
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "hold" }, 201)).GetProperty("job_id").GetString()!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.Client.GetAsync($"{ApiHost.Base}/jobs/job/{id}/result?wait=3", TestContext.Current.CancellationToken)));

        answers.Count(static answer => answer.StatusCode == HttpStatusCode.Accepted).Should().Be(5);
        answers.Where(static answer => answer.StatusCode == HttpStatusCode.TooManyRequests).Should().HaveCount(15).And.OnlyContain(static answer => answer.Headers.RetryAfter != null);
    }

    [Fact]
    public async Task A_path_that_ends_with_a_slash_tells_the_same_place()
    {
        await using var host = await ApiHost.StartAsync(server);

        var answer = await host.Client.PostAsync($"{ApiHost.Base}/jobs/enqueue/", Json("""{"name":"echo"}"""), TestContext.Current.CancellationToken);

        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        await host.GetAsync(answer.Headers.Location!.ToString()[ApiHost.Base.Length..]);
    }

    [Theory]
    [InlineData("/%2500", 404)]
    [InlineData("/dead-letters/%2500/retry", 405)]
    [InlineData("/jobs%252Fqueue%252Fstats", 404)]
    public async Task A_path_is_unescaped_once(string path, int status)
    {
        await using var host = await ApiHost.StartAsync(server);

        await host.GetAsync(path, status);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
