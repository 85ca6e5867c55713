using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Many workers that wait for work: what one job costs all of them.</summary>
public sealed class FleetTests(TestServer server) : StoreTest(server)
{
    private const int Jobs = 20;

    /// <summary>The one that is woken fetches the job, and waits again by the same call; a wake-up may come between two.</summary>
    private const double FetchesPerJob = 1.5;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    public async Task A_job_wakes_one_of_the_workers_that_wait(int workers)
    {
        using var metrics = new RecordedMetrics();
        using var done = new SemaphoreSlim(0);
        var hosts = await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => StartAsync(metrics, done)));
        try
        {
            await AllWaitAsync(workers);
            var before = Count(metrics);
            for (var number = 0; number < Jobs; number++)
            {
                await hosts[number % workers].Jobs.EnqueueAsync("note", new Numbered(number));
                await done.WaitAsync(TestContext.Current.CancellationToken);
                await AllWaitAsync(workers);
            }

            var fetches = Count(metrics) - before;
            TestContext.Current.TestOutputHelper?.WriteLine($"{workers} workers: {fetches} fetches for {Jobs} jobs");
            fetches.Should().BeInRange(Jobs, (int)(FetchesPerJob * Jobs));
        }
        finally
        {
            await Task.WhenAll(hosts.Select(static host => host.DisposeAsync().AsTask()));
        }
    }

    private Task<TestHost> StartAsync(RecordedMetrics metrics, SemaphoreSlim done) => TestHost.StartAsync(
        Server,
        jobs =>
        {
            metrics.AddTo(jobs);
            jobs.AddJobHandler<Numbered>("note", (_, _, _) => Task.FromResult(done.Release()));
        },
        o => (o.KeyPrefix, o.PollInterval) = (Store.Prefix, TimeSpan.FromMinutes(1)));

    private Task AllWaitAsync(int workers) => Eventually.HoldsAsync(
        async () => await Store.Database.SortedSetLengthAsync(Store.Key("idle")) == workers && await Store.Database.HashLengthAsync(Store.Key("running")) == 0,
        "all workers wait for work");

    private static int Count(RecordedMetrics metrics)
        => metrics.Of("jobqueue.redis.call.duration").Count(static call => call.Tags.EndsWith("=fetch", StringComparison.Ordinal));
}
