using System.Text.Json;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.FailedJobs;

/// <summary>The failed-jobs contract, in RQ's words, against its golden files.</summary>
public sealed class FailedJobsShapeTests(TestServer server)
{
    private static readonly int[] Positional = [1, 2];

    [Fact]
    public async Task A_failed_job_is_listed_retried_and_deleted()
    {
        await using var host = await ApiHost.StartAsync(server);
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "fail", args = new { a = 1 } }, 201)).GetProperty("job_id").GetString()!;
        await host.UntilAsync(id, "failed");

        Check(await host.GetAsync("/jobs/failed"), "failed");
        Check(await host.GetAsync($"/jobs/status/{id}"), "status.failed");
        Check(await host.PostAsync($"/jobs/failed/{id}/retry"), "failed.retry");
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(JobId.Parse(id)))! is { Attempts.Count: 2, State: JobState.Dead }, "it has failed again");
        Check(await host.DeleteAsync($"/jobs/failed/{id}"), "failed.delete");
        Check(await host.DeleteAsync($"/jobs/failed/{id}", 404), "failed.gone");
        await host.PostAsync("/jobs/failed/nonsense/retry", status: 404);
    }

    [Fact]
    public async Task All_that_were_dead_are_retried_once_and_removed()
    {
        await using var host = await ApiHost.StartAsync(server);
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 1_200).Select(static number => new JobRequest("fail", new { number })));
        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).Dead == 1_200, "all are dead");

        var retried = await host.PostAsync("/jobs/failed/retry-all");

        (retried.GetProperty("success").GetBoolean(), retried.GetProperty("total_failed").GetInt32(), retried.GetProperty("error_count").GetInt32()).Should().Be((true, 1_200, 0));
        retried.GetProperty("requeued_jobs").EnumerateArray().Select(static id => id.GetString()).Should().HaveCount(1_200).And.OnlyHaveUniqueItems();
        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).Dead == 1_200, "all have failed again");
        (await host.Monitor.GetCountsAsync()).TotalFailed.Should().Be(2_400);
        var cleared = await host.DeleteAsync("/jobs/failed/clear");
        cleared.GetProperty("deleted_count").GetInt32().Should().Be(1_200);
        (await host.GetAsync("/jobs/failed")).GetArrayLength().Should().Be(0);
        Check(await host.PostAsync("/jobs/failed/retry-all"), "failed.retry_all");
        Check(await host.DeleteAsync("/jobs/failed/clear"), "failed.clear");
    }

    [Theory]
    [InlineData(false, "echo", "completed", "finished")]
    [InlineData(true, "echo", "pending", "scheduled")]
    [InlineData(false, "hold", "running", "started")]
    public async Task A_status_is_in_the_words_of_RQ(bool delayed, string name, string status, string inRq)
    {
        await using var host = await ApiHost.StartAsync(server);
        var id = (await host.PostAsync("/jobs/enqueue", new { name, args = Positional, delay_seconds = delayed ? 3600 : 0 }, 201)).GetProperty("job_id").GetString()!;
        await host.UntilAsync(id, status);

        var answer = await host.GetAsync($"/jobs/status/{id}");

        answer.GetProperty("status").GetString().Should().Be(inRq);
        (answer.GetProperty("args").GetRawText(), answer.GetProperty("kwargs").GetRawText()).Should().Be(("[1,2]", "{}"));
        answer.GetProperty("is_finished").GetBoolean().Should().Be(inRq == "finished");
        answer.GetProperty("is_started").GetBoolean().Should().Be(inRq == "started");
        await host.PostAsync($"/jobs/failed/{id}/retry", status: 404);
    }

    private static void Check(JsonElement answer, string golden)
        => Golden.Verify(Shapes.Of(answer).Replace(Stack(answer), "<stack>", StringComparison.Ordinal), golden + ".golden.json");

    /// <summary>The lines of a stack trace differ from build to build.</summary>
    private static string Stack(JsonElement answer)
    {
        var job = answer.ValueKind == JsonValueKind.Array ? answer[0] : answer;
        if (!job.TryGetProperty("exc_info", out var info) || info.GetString() is not { } text || !text.Contains('\n', StringComparison.Ordinal))
        {
            return "<no stack>";
        }

        return JsonEncodedText.Encode(text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..], System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
    }
}
