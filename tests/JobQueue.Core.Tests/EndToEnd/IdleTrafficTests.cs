using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>What a worker costs Redis that has nothing to do.</summary>
public sealed class IdleTrafficTests(TestServer server) : StoreTest(server)
{
    private const int Fetches = 12;

    /// <summary>Counted beside its fetches, of which it makes one a second, so that a slow machine counts as few of both.</summary>
    [Fact]
    public async Task An_idle_worker_that_has_every_turn_makes_fewer_than_five_calls_a_second()
    {
        using var metrics = new RecordedMetrics();
        await using var host = await TestHost.StartAsync(
            Server,
            jobs =>
            {
                metrics.AddTo(jobs);
                jobs.AddJobHandler<Numbered>("later", static (_, _, _) => Task.CompletedTask);
                jobs.AddRecurringJob("daily", "later", JobSchedule.Every(TimeSpan.FromDays(1)), new Numbered(1));
            },
            o => o.KeyPrefix = Store.Prefix);
        await host.Jobs.EnqueueAsync("later", new Numbered(2), job => job.Delay = TimeSpan.FromHours(1));
        await WaitForFetchesAsync(metrics, 3);

        var (fetches, before) = (Count(metrics, "fetch"), metrics.Of("jobqueue.redis.call.duration").Count);
        await WaitForFetchesAsync(metrics, fetches + Fetches);
        var calls = metrics.Of("jobqueue.redis.call.duration").Skip(before).GroupBy(static call => call.Tags).ToDictionary(static script => script.Key, static script => script.Count());

        calls.Values.Sum().Should().BeLessThan(5 * Fetches, string.Join(", ", calls));
    }

    private static Task WaitForFetchesAsync(RecordedMetrics metrics, int count)
        => Eventually.HoldsAsync(() => Count(metrics, "fetch") >= count, $"the worker has fetched {count} times");

    private static int Count(RecordedMetrics metrics, string script)
        => metrics.Of("jobqueue.redis.call.duration").Count(call => call.Tags.EndsWith("=" + script, StringComparison.Ordinal));
}
