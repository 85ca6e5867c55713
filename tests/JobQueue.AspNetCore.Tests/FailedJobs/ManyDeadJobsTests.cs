using System.Text.Json;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Embedded;
using StackExchange.Redis;

namespace JobQueue.AspNetCore.Tests.FailedJobs;

/// <summary>
/// 100,000 dead jobs (10,000 on Garnet, whose scripts take longer) are retried and removed in bounded calls, while the queue goes on and the retried jobs fail again at once. On a
/// server of its own, so that no other test waits for it.
/// </summary>
public sealed class ManyDeadJobsTests : IAsyncLifetime
{
    private const int MostOfACall = 500;
    private const int MostRequeued = 100;

    private readonly RecordedMetrics _metrics = new();
    private EmbeddedRedis? _redis;
    private ConnectionMultiplexer? _connection;

    private int Count => _redis!.Server == EmbeddedServerKind.Garnet ? 10_000 : 100_000;

    public async ValueTask InitializeAsync()
    {
        try
        {
            _redis = await EmbeddedRedis.StartAsync();
            _connection = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString + ",syncTimeout=30000");
        }
        catch (EmbeddedRedisException e)
        {
            Assert.Skip("No server to test with: " + e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        _metrics.Dispose();
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task All_that_were_dead_are_retried_once_while_they_fail_again_and_the_queue_goes_on()
    {
        await using var host = await StartAsync(runWorkers: true);
        var ids = await DeadJobs.SeedAsync(host, _connection!.GetDatabase(), Count);
        using var stop = new CancellationTokenSource();
        var others = RunOthersAsync(host, stop.Token);

        var answer = await host.PostAsync("/jobs/failed/retry-all");

        await stop.CancelAsync();
        (await others).Should().BeGreaterThan(10, "the queue goes on meanwhile");
        answer.GetProperty("total_failed").GetInt32().Should().Be(Count);
        answer.GetProperty("error_count").GetInt32().Should().Be(0);
        ids.ToHashSet(StringComparer.Ordinal).SetEquals(IdsOf(answer)).Should().BeTrue("each of them is retried");
        answer.GetProperty("requeued_jobs").GetArrayLength().Should().Be(Count, "and none twice");
        CallsOf("requeue").Should().BeGreaterThanOrEqualTo(Count / MostRequeued, "a call takes no more than 100");
        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).Dead == Count, "all have failed again");
        var counts = await host.Monitor.GetCountsAsync();
        (counts.TotalRequeued, counts.TotalDead).Should().Be((Count, Count + 1), "each has run once more, and the first had died before");
    }

    [Fact]
    public async Task Two_calls_at_the_same_time_retry_each_job_once()
    {
        await using (var host = await StartAsync(runWorkers: true))
        {
            await DeadJobs.SeedAsync(host, _connection!.GetDatabase(), Count);
        }

        await using var client = await StartAsync(runWorkers: false);
        var first = client.PostAsync("/jobs/failed/retry-all");
        await Eventually.HoldsAsync(async () => (await client.Monitor.GetCountsAsync()).Dead < Count, "the first call has begun");
        var second = await client.PostAsync("/jobs/failed/retry-all");

        string[] both = [.. IdsOf(await first), .. IdsOf(second)];

        both.Should().HaveCount(Count);
        both.ToHashSet(StringComparer.Ordinal).Should().HaveCount(Count);
        (await client.Monitor.GetCountsAsync()).Should().Match<JobCounts>(counts => counts.Dead == 0 && counts.Pending == Count && counts.TotalRequeued == Count);
        (await client.Monitor.VerifyAsync()).Violations.Should().BeEmpty();
    }

    [Fact]
    public async Task All_that_are_dead_are_removed_in_bounded_calls()
    {
        await using var host = await StartAsync(runWorkers: true);
        await DeadJobs.SeedAsync(host, _connection!.GetDatabase(), Count);

        var answer = await host.DeleteAsync("/jobs/failed/clear");

        answer.GetProperty("deleted_count").GetInt32().Should().Be(Count);
        answer.GetProperty("deleted_jobs").EnumerateArray().Select(static id => id.GetString()!).ToHashSet(StringComparer.Ordinal).Should().HaveCount(Count);
        CallsOf("clear_dead").Should().BeGreaterThanOrEqualTo(Count / MostOfACall, "a call takes no more than 500");
        (await host.Monitor.GetCountsAsync()).Dead.Should().Be(0);
        (await host.Monitor.VerifyAsync()).Violations.Should().BeEmpty();
    }

    private Task<ApiHost> StartAsync(bool runWorkers) => ApiHost.StartAsync(
        server: null,
        queue: options => (options.ConnectionString, options.KeyPrefix, options.RunWorkers) = (_redis!.ConnectionString, "many", runWorkers),
        services: services => _metrics.AddTo(services.AddJobQueue()));

    /// <summary>Enqueues jobs one after the other and waits for the result of each.</summary>
    private static async Task<int> RunOthersAsync(ApiHost host, CancellationToken stop)
    {
        for (var done = 0; ; done++)
        {
            if (stop.IsCancellationRequested)
            {
                return done;
            }

            var id = await host.Jobs.EnqueueAsync("echo", new { done }, static options => options.Queue = "others", TestContext.Current.CancellationToken);
            await host.Jobs.WaitForResultAsync<JsonElement>(id, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    private int CallsOf(string script) => _metrics.Of("jobqueue.redis.call.duration").Count(measured => measured.Tags == "jobqueue.redis.script=" + script);

    private static IEnumerable<string> IdsOf(JsonElement answer) => answer.GetProperty("requeued_jobs").EnumerateArray().Select(static id => id.GetString()!);
}
