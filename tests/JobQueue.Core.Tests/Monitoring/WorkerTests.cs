using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Monitoring;

namespace JobQueue.Core.Tests.Monitoring;

public sealed class WorkerTests(TestServer server) : MonitorTest(server)
{
    [Fact]
    public async Task A_worker_is_shown_with_the_job_that_it_runs()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await TestHost.StartAsync(
            Server,
            jobs => jobs.AddJobHandler<Numbered>("hold", (_, _, _) => release.Task),
            o =>
            {
                (o.KeyPrefix, o.HeartbeatInterval, o.Concurrency) = (Store.Prefix, TimeSpan.FromMilliseconds(100), 3);
                o.Queues.Add("mail");
            });
        var id = await Client.Jobs.EnqueueAsync("hold", new Numbered(1), static o => o.Queue = "mail");

        WorkerInfo? worker = null;
        await Eventually.HoldsAsync(async () => (worker = (await Monitor.GetWorkersAsync()).SingleOrDefault()) is { Jobs.Count: 1 }, "the worker tells of its job");
        release.SetResult();

        (worker!.IsLive, worker.Host, worker.ProcessId, worker.Concurrency, worker.StuckSlots).Should().Be((true, Environment.MachineName, Environment.ProcessId, 3, 0));
        worker.Queues.Should().Equal("mail");
        worker.LeaseUntil.Should().BeAfter(worker.StartedAt!.Value);
        worker.LostAt.Should().BeNull();
        (worker.Jobs[0].Id, worker.Jobs[0].Name, worker.Jobs[0].IsStuck).Should().Be((id, "hold", false));
        worker.Jobs[0].StartedAt.Should().BeCloseTo(DateTimeOffset.FromUnixTimeMilliseconds(await Store.NowAsync()), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_worker_tells_what_its_attempts_have_come_to_and_how_far_a_job_is()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await TestHost.StartAsync(
            Server,
            jobs => jobs
                .AddJobHandler<Numbered>("work", static (args, _, _) => args.Number == 0 ? throw new InvalidOperationException("no") : Task.CompletedTask, static o => o.MaxRetries = 0)
                .AddJobHandler<Numbered>("hold", async (_, job, _) =>
                {
                    await job.ReportProgressAsync(0.25);
                    await release.Task;
                }),
            o => (o.KeyPrefix, o.HeartbeatInterval) = (Store.Prefix, TimeSpan.FromMilliseconds(100)));
        await Client.Jobs.EnqueueManyAsync([new JobRequest("work", new Numbered(0)), new JobRequest("work", new Numbered(1)), new JobRequest("work", new Numbered(2)), new JobRequest("hold", new Numbered(1))]);

        WorkerInfo? worker = null;
        await Eventually.HoldsAsync(
            async () => (worker = (await Monitor.GetWorkersAsync()).SingleOrDefault()) is { Completed: 2, Failed: 1, Jobs: [{ Progress: 0.25 }] }, "the worker tells");
        release.SetResult();

        worker!.RunTime.Should().BeGreaterThan(TimeSpan.Zero);
        worker.LastBeatAt.Should().Be(worker.LeaseUntil - TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Handlers_are_listed_with_their_settings_and_whether_a_live_worker_has_them()
    {
        var yesterday = await Store.NowAsync() - (long)TimeSpan.FromDays(1).TotalMilliseconds; // After a week a host removes them.
        await Store.SeedAsync(seed => seed.Hash("handlers", "old", $"{yesterday}|{{}}").Hash("handlers", "torn", $"{yesterday}|{{\"queue\":1").Hash("handlers", "odd", "nonsense"));
        await using var host = await TestHost.StartAsync(
            Server,
            static jobs => jobs.AddJobHandler<Numbered>("work", static (_, _, _) => Task.CompletedTask, static o => (o.Queue, o.Priority, o.MaxRetries, o.Timeout) = ("mail", JobPriority.High, 7, TimeSpan.FromSeconds(90))),
            o => o.KeyPrefix = Store.Prefix);

        var handlers = await Monitor.GetHandlersAsync();

        handlers.Select(static handler => (handler.Name, handler.IsLive)).Should().Equal(("old", false), ("torn", false), ("work", true));
        handlers[2].Should().Match<HandlerInfo>(static it => it.Queue == "mail" && it.Priority == JobPriority.High && it.MaxRetries == 7 && it.Timeout == TimeSpan.FromSeconds(90));
        handlers[2].Backoff!.BaseDelay.Should().Be(TimeSpan.FromMilliseconds(20));
        Encoding.UTF8.GetString(handlers[2].ArgsSchema!.Value.Span).Should().Contain("\"number\"");
        handlers[0].ArgsSchema.Should().BeNull();
        handlers[0].LastSeenAt.Should().Be(DateTimeOffset.FromUnixTimeMilliseconds(yesterday));
    }

    [Fact]
    public async Task Lost_workers_and_those_that_are_silent_are_shown_as_not_live()
    {
        await Store.SeedAsync(static seed => seed
            .Worker("live").SilentWorker("silent").SortedSet("lost", "lost", TimeSpan.FromMinutes(-10))
            .Text("worker:lost", """{"id":"lost","pool":"media","stuck":1,"jobs":[{"id":"0190000000007000800061000000000000","name":"work","started_at":1700000000000,"stuck":true}]}"""
                .Replace("0190000000007000800061000000000000", TestJob.IdText("a"), StringComparison.Ordinal)));

        var workers = await Monitor.GetWorkersAsync();

        workers.Select(static worker => (worker.Id, worker.IsLive)).Should().Equal(("live", true), ("lost", false), ("silent", false));
        workers[1].LostAt.Should().BeCloseTo(DateTimeOffset.FromUnixTimeMilliseconds(await Store.NowAsync()).AddMinutes(-10), TimeSpan.FromMinutes(2));
        (workers[1].LeaseUntil, workers[1].Pool, workers[1].StuckSlots).Should().Be(((DateTimeOffset?)null, "media", 1));
        workers[1].Jobs.Should().Equal(new WorkerJob(TestJob.Id("a"), "work", DateTimeOffset.FromUnixTimeMilliseconds(TestJob.LongAgo), IsStuck: true));
        workers[2].LeaseUntil.Should().NotBeNull();
    }

    [Fact]
    public async Task Hundreds_of_workers_are_read_in_parts()
    {
        await Store.SeedAsync(static seed =>
        {
            for (var i = 0; i < 300; i++)
            {
                seed.Worker($"w{i:000}").Text($"worker:w{i:000}", $$"""{"concurrency":{{i}}}""");
            }
        });

        var workers = await Monitor.GetWorkersAsync();

        workers.Select(static worker => worker.Concurrency).Should().Equal(Enumerable.Range(0, 300).Select(static i => (int?)i));
    }

    [Fact]
    public async Task An_empty_store_has_no_workers()
        => (await Monitor.GetWorkersAsync()).Should().BeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"jobs":7,"queues":{"a":1},"host":3,"process_id":"x","concurrency":1e99,"started_at":-5,"stuck":null}""")]
    [InlineData("""{"jobs":[7,"nonsense",{},{"id":4},null],"queues":[1,null],"started_at":9223372036854775807}""")]
    public void A_damaged_snapshot_shows_what_is_known(string snapshot)
    {
        var worker = new WorkerInfo { Id = "w", IsLive = true };

        SnapshotReader.Describe(worker, Encoding.UTF8.GetBytes(snapshot)).Should().BeEquivalentTo(worker);
    }

    [Fact]
    public void Jobs_named_by_their_ids_alone_are_shown()
        => SnapshotReader.Describe(new WorkerInfo { Id = "w", IsLive = true }, Encoding.UTF8.GetBytes($$"""{"jobs":["{{TestJob.IdText("a")}}"]}"""))
            .Jobs.Should().Equal(new WorkerJob(TestJob.Id("a"), Name: null, StartedAt: null, IsStuck: false));
}
