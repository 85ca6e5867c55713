using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Handlers that may run so many jobs at the same time in one process.</summary>
public sealed class ConcurrencyLimitTests(TestServer server) : StoreTest(server)
{
    private readonly Gate _gate = new();
    private int _others;

    [Fact]
    public async Task Ten_thousand_waiting_jobs_of_a_limited_handler_hold_up_no_other_handlers()
    {
        await using var host = await StartAsync();
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 10_000).Select(static number => new JobRequest("limited", number)));
        await _gate.HasStartedAsync(2);
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 500).Select(static number => new JobRequest("other", number)));

        await Eventually.HoldsAsync(() => Volatile.Read(ref _others) == 500, "all others have run beside it");

        _gate.Starts.Should().HaveCount(2);
        host.Pool.Stock.Held.Should().Be(2, "no slot and no lease waits for the limit");
        await host.Monitor.PurgeAsync("video");
        _gate.Open();
    }

    [Fact]
    public async Task The_limit_holds_for_jobs_that_were_enqueued_into_another_queue()
    {
        await using var host = await StartAsync();
        await using var client = await TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 6).Select(static number => new JobRequest("limited", number)));
        await host.Jobs.EnqueueAsync("limited", 6);
        await _gate.HasStartedAsync(2);

        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).Scheduled >= 3, "those above the limit are put back for a moment");

        _gate.Starts.Should().HaveCount(2);
        _gate.Open();
        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).Completed == 7, "all run in the end");
        (await host.Monitor.GetCountsAsync()).TotalFailed.Should().Be(0);
        await host.VerifyAsync();
    }

    [Fact]
    public async Task A_job_of_a_limited_handler_is_refused_for_another_queue()
    {
        await using var host = await StartAsync();

        var enqueue = () => host.Jobs.EnqueueAsync("limited", 1, static o => o.Queue = "mail");

        (await enqueue.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1043");
        await host.Jobs.EnqueueAsync("limited", 1, static o => o.Queue = "video");
        _gate.Open();
    }

    [Theory]
    [InlineData(null, "'limited' has a ConcurrencyLimit, and handler 'other' uses its queue 'default' too", "default")]
    [InlineData("video", "'limited' has a ConcurrencyLimit, and handler 'other' uses its queue 'video' too", "video")]
    public async Task A_queue_that_another_handler_uses_stops_the_start(string? otherQueue, string expected, string queue)
    {
        using var host = TestHost.Build(Server.ConnectionString, jobs => AddLimited(jobs, queue).AddJobHandler<int>("other", OtherAsync, o => o.Queue = otherQueue));

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<JobQueueException>()).Which.Message.Should().Contain(expected);
    }

    [Fact]
    public async Task A_limit_by_the_options_as_well_stops_the_start()
    {
        using var host = TestHost.Build(Server.ConnectionString, jobs => AddLimited(jobs, "video"), static o => o.Queue("video", concurrency: 3));

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ1042");
    }

    [Theory]
    [InlineData(0, "video", "ConcurrencyLimit is 0, and must be from 1 to 1000")]
    [InlineData(1_001, "video", "ConcurrencyLimit is 1001, and must be from 1 to 1000")]
    [InlineData(2, null, "ConcurrencyLimit needs a queue for this handler alone")]
    public void A_wrong_limit_is_refused_where_it_is_set(int limit, string? queue, string expected)
    {
        var add = () => TestHost.Build(
            Server.ConnectionString,
            jobs => jobs.AddJobHandler<int>("limited", _gate.RunAsync, o => (o.ConcurrencyLimit, o.Queue) = (limit, queue))).Dispose();

        add.Should().Throw<InvalidJobException>().Which.Message.Should().Contain(expected);
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync(
        Server, jobs => AddLimited(jobs, "video").AddJobHandler<int>("other", OtherAsync), o => o.KeyPrefix = Store.Prefix);

    private JobQueueBuilder AddLimited(JobQueueBuilder jobs, string queue)
        => jobs.AddJobHandler<int>("limited", _gate.RunAsync, o => (o.ConcurrencyLimit, o.Queue) = (2, queue));

    private Task OtherAsync(int number, JobContext job, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _others);
        return Task.CompletedTask;
    }
}
