using System.Text.Json;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.Rest;

/// <summary>The REST contract against its golden files.</summary>
public sealed class RestShapeTests(TestServer server)
{
    [Fact]
    public async Task A_job_is_created_read_and_deleted()
    {
        await using var host = await ApiHost.StartAsync(server);
        var created = await host.PostAsync("/jobs", new { job_type = "fail", payload = new { a = 1 }, priority = "medium", max_retries = 1 }, 201);
        Check(created, "created");
        var id = created.GetProperty("job_id").GetString()!;
        await host.UntilAsync(id, "failed");

        Check(await host.GetAsync($"/jobs/{id}"), "job.failed");
        Check(await host.GetAsync("/jobs?status=failed"), "jobs");
        Check(await host.GetAsync("/stats"), "stats");
        Check(await host.GetAsync("/health"), "health");
        await host.PostAsync($"/jobs/{id}/cancel", status: 409);
        await host.DeleteAsync($"/jobs/{id}");
        await host.GetAsync($"/jobs/{id}", 404);
    }

    [Fact]
    public async Task A_delayed_job_is_cancelled_and_a_running_one_is_not_deleted()
    {
        await using var host = await ApiHost.StartAsync(server);
        var delayed = (await host.PostAsync("/jobs", new { job_type = "echo", scheduled_for = "2999-01-01T08:00:00+02:00" }, 201)).GetProperty("job_id").GetString()!;
        var held = (await host.PostAsync("/jobs", new { job_type = "hold", scheduled_for = "1999-01-01" }, 201)).GetProperty("job_id").GetString()!;
        await host.UntilAsync(held, "running");

        (await host.GetAsync($"/jobs/{delayed}")).GetProperty("scheduled_for").GetString().Should().Be("2999-01-01T06:00:00.000Z");
        (await host.PostAsync($"/jobs/{delayed}/cancel")).GetProperty("status").GetString().Should().Be("cancelled");
        await host.DeleteAsync($"/jobs/{held}", 409);
        (await host.PostAsync($"/jobs/{held}/cancel")).GetProperty("status").GetString().Should().Be("running");
        await host.UntilAsync(held, "cancelled");
    }

    [Theory]
    [InlineData("""{}""", "job_type")]
    [InlineData("""{"job_type":"ecoh"}""", "job_type")]
    [InlineData("""{"job_type":"echo","max_retries":-1}""", "max_retries")]
    [InlineData("""{"job_type":"echo","scheduled_for":5}""", "scheduled_for")]
    public async Task What_is_wrong_is_named(string body, string field)
    {
        await using var host = await ApiHost.StartAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Post, ApiHost.Base + "/jobs") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };

        (await host.SendAsync(request, 422)).GetProperty("field").GetString().Should().Be(field);
    }

    [Fact]
    public async Task Literal_paths_win_over_ids()
    {
        await using var host = await ApiHost.StartAsync(server);

        (await host.GetAsync("/jobs/stats")).TryGetProperty("queue", out _).Should().BeTrue();
        (await host.GetAsync("/jobs/pending")).GetArrayLength().Should().Be(0);
        await host.GetAsync("/jobs/nonsense", 404);
    }

    private static void Check(JsonElement answer, string golden) => Golden.Verify(Shapes.Of(answer), golden + ".golden.json");
}
