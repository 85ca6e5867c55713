using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Diagnostics;

namespace JobQueue.Core.Tests.Diagnostics;

/// <summary>What a host measures of its jobs' lives.</summary>
public sealed class MetricTests(TestServer server) : IDisposable
{
    private const string Work = "jobqueue.job.name=work messaging.destination.name=default";
    private static readonly string[] Counters = ["enqueued", "completed", "failed", "retried", "dead", "cancelled"];
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly RecordedMetrics _metrics = new();
    private readonly HeldJobs _held = new();

    [Fact]
    public async Task A_job_that_is_retried_and_completes_is_counted_once_in_each()
    {
        await using var host = await StartAsync();

        await host.Jobs.WaitForResultAsync<int>(await host.Jobs.EnqueueAsync("work", new Numbered(2)), Soon);

        await CountsAsync("jobqueue.jobs.completed", 1);
        Counts().Should().Equal(("enqueued", 1), ("completed", 1), ("failed", 1), ("retried", 1), ("dead", 0), ("cancelled", 0));
        _metrics.Of("jobqueue.jobs.completed").Should().Equal((1, Work));
        _metrics.Of("jobqueue.job.duration").Select(static measured => measured.Tags).Should().Equal(
            "jobqueue.job.name=work jobqueue.job.outcome=retrying messaging.destination.name=default",
            "jobqueue.job.name=work jobqueue.job.outcome=completed messaging.destination.name=default");
        _metrics.Of("jobqueue.job.wait_time").Should().HaveCount(2).And.OnlyContain(static measured => measured.Tags == Work && measured.Value >= 0 && measured.Value < 60);
        _metrics.Of("jobqueue.redis.call.duration").Select(static measured => measured.Tags).Should().Contain(
            ["jobqueue.redis.script=enqueue", "jobqueue.redis.script=fetch", "jobqueue.redis.script=complete", "jobqueue.redis.script=settle"]);
        _metrics.Of("jobqueue.redis.call.duration").Should().OnlyContain(static measured => measured.Value > 0 && measured.Value < 60);
    }

    [Fact]
    public async Task Deaths_with_and_without_an_attempt_cancels_and_duplicates_are_told_apart()
    {
        await using var host = await StartAsync();
        var once = JobId.FromKey("once");

        await host.Jobs.EnqueueAsync("work", new Numbered(9), o => (o.MaxRetries, o.Id) = (0, once));
        await CountsAsync("jobqueue.jobs.dead", 1);
        var again = () => host.Jobs.EnqueueAsync("work", new Numbered(9), o => o.Id = once);
        await again.Should().ThrowAsync<DuplicateJobException>();
        await host.Jobs.EnqueueAsync("discards", new Numbered(1));
        await CountsAsync("jobqueue.jobs.dead", 2);
        var waiting = await host.Jobs.EnqueueAsync("work", new Numbered(1), static o => o.Delay = TimeSpan.FromHours(1));
        await host.Jobs.CancelAsync(waiting);
        var running = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();
        await host.Jobs.CancelAsync(running);
        await attempt.ObeyAsync();
        await CountsAsync("jobqueue.jobs.cancelled", 2);

        Counts().Should().Equal(("enqueued", 4), ("completed", 0), ("failed", 2), ("retried", 0), ("dead", 2), ("cancelled", 2));
        var counts = await host.Monitor.GetCountsAsync();
        (counts.TotalEnqueued, counts.TotalFailed).Should().Be((4, 2), "the store counts the same");
        _metrics.Of("jobqueue.job.duration").Should().HaveCount(3, "one job was cancelled before it ran");
    }

    [Fact]
    public async Task An_expired_job_is_dead_without_a_failed_attempt()
    {
        await using var host = await StartAsync();
        await host.Monitor.PauseAsync("default");
        await host.Jobs.EnqueueAsync("work", new Numbered(1), static o => o.ExpiresAfter = TimeSpan.FromMilliseconds(1));
        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System); // So that it is too late, whenever it is fetched.
        await host.Monitor.ResumeAsync("default");

        await CountsAsync("jobqueue.jobs.dead", 1);

        Counts().Should().Equal(("enqueued", 1), ("completed", 0), ("failed", 0), ("retried", 0), ("dead", 1), ("cancelled", 0));
        _metrics.Of("jobqueue.job.duration").Should().BeEmpty();
    }

    [Fact]
    public async Task A_report_that_is_refused_counts_nothing()
    {
        await using var store = await Store.OpenAsync(server);
        await using var host = await StartAsync(o => o.KeyPrefix = store.Prefix);
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();
        await store.Database.SortedSetAddAsync(store.Key("workers"), "another", DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds()); // Alive, so that nobody hands the job back.
        await store.Database.HashSetAsync(store.Key("running"), id.ToString(), "another|1|1");

        attempt.Return("too late");

        await Eventually.HoldsAsync(() => _metrics.Of("jobqueue.redis.call.duration").Any(static call => call.Tags == "jobqueue.redis.script=complete"), "the report was sent");
        await Eventually.HoldsAsync(() => host.Pool.Stock.Held == 0, "the lease is over");
        Counts().Should().Equal(("enqueued", 1), ("completed", 0), ("failed", 0), ("retried", 0), ("dead", 0), ("cancelled", 0));
    }

    [Fact]
    public async Task A_report_that_is_sent_twice_counts_once()
    {
        await using var store = await Store.OpenAsync(server);
        await using var relay = Relay.Before(server, store);
        await using var host = await StartAsync(o =>
            (o.ConnectionString, o.KeyPrefix, o.CallTimeout) = (relay.Through(server), store.Prefix, TimeSpan.FromMilliseconds(500)));
        await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();

        relay.Hold();
        attempt.Return("done");
        await Eventually.HoldsAsync(() => Sent() > 0, "the first report was given up; it arrives all the same when the server answers again");
        relay.Release();

        await CountsAsync("jobqueue.jobs.completed", 1);
        Sent().Should().BeGreaterThan(1);
        await Eventually.HoldsAsync(() => host.Pool.Settler.Waiting == 0 && host.Pool.Stock.Held == 0, "nothing is left to report");
        Counts().Should().Equal(("enqueued", 1), ("completed", 1), ("failed", 0), ("retried", 0), ("dead", 0), ("cancelled", 0));

        int Sent() => _metrics.Of("jobqueue.redis.call.duration").Count(static call => call.Tags == "jobqueue.redis.script=complete");
    }

    [Fact]
    public async Task Running_attempts_are_told_while_they_run_and_as_none_afterwards()
    {
        await using var host = await StartAsync();
        _metrics.Observe("jobqueue.jobs.running").Should().BeEmpty("nothing has run yet");
        await host.Jobs.EnqueueManyAsync([new(HeldJobs.Name, new Numbered(1)), new(HeldJobs.Name, new Numbered(2))]);
        var first = await _held.NextAsync();
        await _held.NextAsync();

        const string Tags = "jobqueue.job.name=hold messaging.destination.name=default";
        _metrics.Observe("jobqueue.jobs.running").Should().Equal((2, Tags));
        first.Return(null);
        await Eventually.HoldsAsync(() => _metrics.Observe("jobqueue.jobs.running").SequenceEqual([(1, Tags)]), "one has ended");
        _held.Dispose();
        await Eventually.HoldsAsync(() => _metrics.Observe("jobqueue.jobs.running").SequenceEqual([(0, Tags)]), "none runs");
    }

    [Fact]
    public async Task What_waits_is_told_by_queue_and_priority_without_asking_redis_when_it_is_collected()
    {
        await using var store = await Store.OpenAsync(server);
        await using (var client = await TestHost.StartAsync(server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (store.Prefix, false)))
        {
            await client.Monitor.PauseAsync("mail");
            await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 3).Select(static n => With(new JobRequest("work", new Numbered(n)), "mail", JobPriority.High)));
        }

        await using var host = await StartAsync(o => o.KeyPrefix = store.Prefix);
        await Eventually.HoldsAsync(() => _metrics.Observe("jobqueue.queue.depth").Count > 0, "the loop has looked");
        var calls = QueueCalls();

        _metrics.Observe("jobqueue.queue.depth").Where(static depth => depth.Tags.EndsWith("=mail", StringComparison.Ordinal)).Should().BeEquivalentTo(new[]
        {
            (0d, "jobqueue.job.priority=suspect messaging.destination.name=mail"),
            (0d, "jobqueue.job.priority=critical messaging.destination.name=mail"),
            (3d, "jobqueue.job.priority=high messaging.destination.name=mail"),
            (0d, "jobqueue.job.priority=normal messaging.destination.name=mail"),
            (0d, "jobqueue.job.priority=low messaging.destination.name=mail"),
        });
        QueueCalls().Should().Be(calls);
        await host.StopAsync();
        _metrics.Observe("jobqueue.queue.depth").Should().BeEmpty("nobody looks any more");

        int QueueCalls() => _metrics.Of("jobqueue.redis.call.duration").Count(static call => call.Tags == "jobqueue.redis.script=queues");
    }

    [Fact]
    public async Task Nobody_looks_at_the_queues_while_nobody_listens()
    {
        using var deaf = new RecordedMetrics(enabled: false);
        await using var host = await TestHost.StartAsync(server, jobs =>
        {
            deaf.AddTo(jobs);
            jobs.AddJobHandler<Numbered, int>("work", static (args, _, _) => Task.FromResult(args.Number));
        });

        await host.Jobs.WaitForResultAsync<int>(await host.Jobs.EnqueueAsync("work", new Numbered(1)), Soon);

        deaf.Of("jobqueue.jobs.enqueued").Should().BeEmpty();
        deaf.Instruments.Should().NotBeEmpty().And.OnlyContain(static instrument => !instrument.Enabled);
    }

    [Fact]
    public void Beyond_so_many_names_all_others_are_one()
    {
        var names = new BoundedNames(limit: 2);

        "a b c a d".Split(' ').Select(names.Of).Should().Equal("a", "b", "_other", "a", "_other");
    }

    public void Dispose()
    {
        _held.Dispose();
        _metrics.Dispose();
    }

    private static JobRequest With(JobRequest request, string queue, JobPriority priority)
    {
        (request.Options.Queue, request.Options.Priority) = (queue, priority);
        return request;
    }

    private Task CountsAsync(string instrument, int count)
        => Eventually.HoldsAsync(() => _metrics.Sum(instrument) >= count, $"{instrument} has counted {count}");

    private IEnumerable<(string, double)> Counts() => Counters.Select(word => (word, _metrics.Sum("jobqueue.jobs." + word)));

    private Task<TestHost> StartAsync(Action<JobQueueOptions>? configure = null) => TestHost.StartAsync(
        server,
        jobs =>
        {
            _metrics.AddTo(jobs);
            _held.AddTo(jobs);
            jobs.AddJobHandler<Numbered, int>("work", static (args, job, _) => job.Attempt < args.Number ? throw new InvalidDataException("again") : Task.FromResult(1))
                .AddJobHandler<Numbered>("discards", static (_, job, _) =>
                {
                    job.Discard("enough");
                    return Task.CompletedTask;
                });
        },
        configure);
}
