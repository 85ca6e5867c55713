using System.Text;
using System.Text.Json.Nodes;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.Operations;

/// <summary>One way to do a job's work again, whatever state it is in.</summary>
public sealed class RetryTests(TestServer server)
{
    [Fact]
    public async Task A_dead_job_waits_again_also_with_other_arguments()
    {
        await using var host = await ApiHost.StartAsync(server);
        var id = await host.DieAsync();

        var answer = await host.PostAsync($"/jobs/{id}/retry", new { args = new { again = true } });

        (answer.GetProperty("action").GetString(), answer.GetProperty("job_id").GetString()).Should().Be(("requeued", id));
        Golden.Verify(Shapes.Of(answer), "retried.golden.json");
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(JobId.Parse(id)))!.Attempts.Count == 2, "it has run again");
        ArgsOf((await host.Jobs.GetAsync(JobId.Parse(id)))!).Should().Be("""{"again":true}""");
    }

    [Fact]
    public async Task A_delayed_job_runs_now()
    {
        await using var host = await ApiHost.StartAsync(server);
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "echo", delay_seconds = 3600 }, 201)).GetProperty("job_id").GetString()!;

        (await host.PostAsync($"/jobs/{id}/retry", new { args = 1 }, 409)).GetProperty("field").GetString().Should().Be("args");
        (await host.PostAsync($"/jobs/{id}/retry")).GetProperty("action").GetString().Should().Be("run_now");

        await host.UntilAsync(id, "completed");
    }

    [Theory]
    [InlineData(null, """{"n":1}""")]
    [InlineData("""{"args":{"n":2}}""", """{"n":2}""")]
    public async Task A_completed_job_is_copied(string? body, string args)
    {
        await using var host = await ApiHost.StartAsync(server);
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "echo", args = new { n = 1 } }, 201)).GetProperty("job_id").GetString()!;
        await host.UntilAsync(id, "completed");

        var answer = await host.PostAsync($"/jobs/{id}/retry", body is null ? null : JsonNode.Parse(body));

        answer.GetProperty("action").GetString().Should().Be("copied");
        var copy = answer.GetProperty("job_id").GetString()!;
        copy.Should().NotBe(id);
        (await host.UntilAsync(copy, "completed")).GetProperty("args").GetRawText().Should().Be(args);
        (await host.GetAsync($"/jobs/{copy}/details")).GetProperty("copied_from").GetString().Should().Be(id);
    }

    [Fact]
    public async Task A_job_that_is_still_to_run_or_runs_is_not_repeated()
    {
        await using var host = await ApiHost.StartAsync(server);
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "hold" }, 201)).GetProperty("job_id").GetString()!;
        await host.UntilAsync(id, "running");

        (await host.PostAsync($"/jobs/{id}/retry", status: 409)).GetProperty("detail").GetString().Should().Contain("running");
        await host.PostAsync($"/jobs/{JobId.FromKey("nobody")}/retry", status: 404);
    }

    [Fact]
    public async Task Log_lines_are_redacted_too()
    {
        await using var host = await ApiHost.StartAsync(server, static api => api.Redact = static part => part.Part == RedactedPart.Log ? "a line" : part.Value);
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "talk" }, 201)).GetProperty("job_id").GetString()!;
        await host.UntilAsync(id, "completed");

        (await host.GetAsync($"/jobs/{id}/log")).GetProperty("lines").EnumerateArray().Select(static line => line.GetProperty("text").GetString()).Should().Equal("a line", "a line");
    }

    private static string ArgsOf(Job job) => Encoding.UTF8.GetString(job.Args.Span);
}
