using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Sharding;

/// <summary>What people see and do who look at a store of several shards as one.</summary>
public sealed class ShardedMonitorTests(TestServer server) : ShardedTest(server)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(500)]
    public async Task The_newest_jobs_come_first_and_each_comes_once(int limit)
    {
        await using var client = await StartClientAsync();
        var ids = new List<JobId>();
        for (var number = 0; number < 25; number++)
        {
            ids.Add(await client.Jobs.EnqueueAsync("echo", number, o => o.PartitionKey = number % 5 == 0 ? "a" : $"key-{number}"));
        }

        var listed = await WalkAsync(client, null, limit);

        listed.Select(static job => job.Id).Should().BeEquivalentTo(ids);
        listed.Select(static job => job.CreatedAt).Should().BeInDescendingOrder();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(100)]
    public async Task Every_state_is_listed_over_all_shards_in_its_order(int limit)
    {
        using var held = new HeldJobs();
        await using var client = await StartClientAsync();
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 8).Select(static number => new JobRequest("wait", number) { Options = { Queue = "later" } }));
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 8).Select(static number => new JobRequest("wait", number) { Options = { Delay = TimeSpan.FromMinutes(60 - number) } }));
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 8).Select(static number => new JobRequest("again", new Numbered(number))));
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 8).Select(static number => new JobRequest("fail", new Numbered(number))));
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 8).Select(static number => new JobRequest("echo", number)));
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 8).Select(static number => new JobRequest(HeldJobs.Name, new Numbered(number))));
        await using var worker = await StartAsync(
            jobs =>
            {
                held.AddTo(jobs);
                jobs.AddFailing(static o => o.MaxRetries = 0);
                jobs.AddJobHandler<Numbered>("again", static (_, _, _) => throw new InvalidDataException("no"));
                jobs.AddJobHandler<int, int>("echo", static (number, _, _) => Task.FromResult(number));
            },
            configure: static o =>
            {
                o.RetryLate();
                o.Queues.Add("default");
                (o.Concurrency, o.ShutdownTimeout) = (16, TimeSpan.Zero);
            });
        await Eventually.HoldsAsync(
            async () => await client.Monitor.GetCountsAsync() is { Pending: 8, Scheduled: 8, Running: 8, Retrying: 8, Dead: 8, Completed: 8 }, "eight are in each state");
        foreach (var job in (await client.Monitor.ListAsync(JobState.Scheduled)).Jobs.Take(4))
        {
            await client.Jobs.CancelAsync(job.Id);
        }

        (await WalkAsync(client, JobState.Pending, limit)).Should().HaveCount(8).And.OnlyContain(static job => job.Queue == "later");
        (await WalkAsync(client, JobState.Scheduled, limit)).Select(static job => job.ScheduledAt).Should().HaveCount(4).And.BeInAscendingOrder();
        (await WalkAsync(client, JobState.Running, limit)).Select(static job => job.Id).Should().HaveCount(8).And.BeInAscendingOrder();
        (await WalkAsync(client, JobState.Retrying, limit)).Select(static job => job.NextRetryAt).Should().HaveCount(8).And.BeInAscendingOrder();
        (await WalkAsync(client, JobState.Dead, limit)).Select(static job => job.Id).Should().HaveCount(8).And.OnlyHaveUniqueItems();
        (await WalkAsync(client, JobState.Completed, limit)).Select(static job => job.Id).Should().HaveCount(8).And.OnlyHaveUniqueItems();
        (await WalkAsync(client, JobState.Cancelled, limit)).Select(static job => job.Id).Should().HaveCount(4).And.OnlyHaveUniqueItems();
        (await WalkAsync(client, null, limit)).Select(static job => job.Id).Should().HaveCount(48).And.OnlyHaveUniqueItems();
        held.Dispose();
        await client.VerifyAsync();
    }

    [Fact]
    public async Task A_cursor_of_before_the_shards_came_goes_on_and_a_wrong_one_is_refused()
    {
        await using var client = await StartClientAsync();
        await using var one = await StartClientAsync(shards: 1);
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 40).Select(static number => new JobRequest("echo", number)));

        var first = await client.Monitor.ListAsync(null, 10);
        var ofFirstShard = first.NextCursor!.Split('!')[0];
        var rest = await WalkAsync(client, null, 10, ofFirstShard);

        rest.Count.Should().BeInRange(30, 40);
        rest.Select(static job => job.Id).Should().OnlyHaveUniqueItems();
        foreach (var wrong in new[] { "nonsense", "recent!x", "!!!!", "-!-!-!-!-", first.NextCursor + "!x" })
        {
            var list = () => client.Monitor.ListAsync(null, 10, wrong);
            (await list.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1015");
        }
    }

    [Fact]
    public async Task Dead_letters_are_one_list_with_one_group_an_error_and_all_are_retried_or_removed()
    {
        await using var client = await StartClientAsync();
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 41).Select(static number => new JobRequest("fail", new Numbered(number))));
        var worker = await StartAsync(static jobs => jobs.AddFailing(static o => o.MaxRetries = 0));
        await Eventually.HoldsAsync(async () => (await client.Monitor.GetCountsAsync()).Dead == 41, "all are dead");
        await worker.DisposeAsync();

        var group = (await client.DeadLetters.GetGroupsAsync()).Should().ContainSingle().Subject;
        group.Count.Should().Be(41);
        var letters = new List<Job>();
        for (string? cursor = null, next = ""; next is not null; cursor = next)
        {
            var page = await client.DeadLetters.ListGroupAsync(group.Fingerprint, 7, cursor);
            page.Total.Should().Be(41);
            letters.AddRange(page.Jobs);
            next = page.NextCursor;
        }

        letters.Select(static job => job.Id).Should().HaveCount(41).And.OnlyHaveUniqueItems();
        for (var shard = 0; shard < Shards; shard++)
        {
            var own = await Database.SortedSetRangeByRankAsync(Key(shard, "dead"), order: Order.Descending);
            letters.Where(job => job.Id.Shard == shard).Select(static job => job.Id.ToString()).Should().Equal(own.Select(static id => id.ToString()));
        }

        await client.DeadLetters.RetryAsync(letters[0].Id);
        (await AllAsync(cursor => client.DeadLetters.RetryAllAsync(group.Fingerprint, cursor))).Should().Be(40);
        (await client.Monitor.GetCountsAsync()).Should().BeEquivalentTo(new { Pending = 41, Dead = 0 });

        await using (await StartAsync(static jobs => jobs.AddFailing(static o => o.MaxRetries = 0)))
        {
            await Eventually.HoldsAsync(async () => (await client.Monitor.GetCountsAsync()).Dead == 41, "all are dead again");
        }

        (await AllAsync(cursor => client.DeadLetters.DeleteAllAsync(cursor: cursor))).Should().Be(41);
        (await client.DeadLetters.GetGroupsAsync()).Should().BeEmpty();
        var wrong = () => client.DeadLetters.DeleteAllAsync(cursor: "9!1");
        (await wrong.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1015");
        await client.VerifyAsync();
    }

    [Fact]
    public async Task A_queue_is_counted_paused_and_purged_on_all_shards()
    {
        await using var client = await StartClientAsync();
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 40).Select(static number => new JobRequest("echo", number) { Options = { Queue = "mail" } }));
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 8).Select(static number => new JobRequest("echo", number) { Options = { Queue = "mail", Priority = JobPriority.High } }));

        (await client.Monitor.PauseAsync("mail")).Should().BeTrue();
        (await client.Monitor.PauseAsync("mail")).Should().BeFalse();
        await using var worker = await StartAsync(static jobs => jobs.AddJobHandler<int, int>("echo", static (number, _, _) => Task.FromResult(number)));
        var other = await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, Shards).Select(static number => new JobRequest("echo", number)));
        foreach (var id in other)
        {
            await client.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20));
        }

        var queue = (await client.Monitor.GetQueuesAsync()).Single(static queue => queue.Name == "mail");
        queue.Should().BeEquivalentTo(new { IsPaused = true, Waiting = 48L, Suspects = 0L });
        queue.WaitingByPriority.Should().Contain(JobPriority.Normal, 40).And.Contain(JobPriority.High, 8);
        queue.OldestJobId.Should().NotBeNull();
        (await client.Monitor.PurgeAsync("mail")).Should().Be(48);
        (await client.Monitor.ResumeAsync("mail")).Should().BeTrue();
        (await client.Monitor.GetQueuesAsync()).Single(static queue => queue.Name == "mail").Should().BeEquivalentTo(new { IsPaused = false, Waiting = 0L });
        await client.VerifyAsync();
    }

    [Fact]
    public async Task A_worker_is_shown_once_with_its_jobs_of_all_shards_and_counts_are_added_up()
    {
        using var held = new HeldJobs();
        await using var host = await StartAsync(
            jobs =>
            {
                held.AddTo(jobs);
                jobs.AddJobHandler<int, int>("echo", static (number, _, _) => Task.FromResult(number));
            },
            configure: static o => (o.Concurrency, o.HeartbeatInterval, o.ShutdownTimeout) = (2 * Shards, TimeSpan.FromMilliseconds(100), TimeSpan.Zero));
        var ids = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, Shards).Select(static number => new JobRequest(HeldJobs.Name, new Numbered(number))));
        var done = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 3 * Shards).Select(static number => new JobRequest("echo", number)));
        foreach (var id in done)
        {
            await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20));
        }

        WorkerInfo? worker = null;
        await Eventually.HoldsAsync(
            async () => (worker = (await host.Monitor.GetWorkersAsync()).Should().ContainSingle().Subject).Jobs.Count == Shards && worker.Completed == 3 * Shards, "it has told");
        worker!.Jobs.Select(static job => job.Id).Should().BeEquivalentTo(ids);
        worker.Should().BeEquivalentTo(new { Id = host.Pool.WorkerId, IsLive = true, Concurrency = 2 * Shards });
        (await host.Monitor.GetCountsAsync()).Should().BeEquivalentTo(new { LiveWorkers = 1, Running = Shards, Completed = 3 * Shards, TotalEnqueued = 4 * Shards, TotalCompleted = 3 * Shards });
        (await host.Monitor.GetHistoryAsync(TimeSpan.FromMinutes(5))).Sum(static point => point.Completed).Should().Be(3 * Shards);
        (await host.Monitor.GetHistoryAsync(TimeSpan.FromMinutes(5))).Should().Contain(static point => point.RunP50 != null);
        (await host.Monitor.GetHandlerStatisticsAsync(TimeSpan.FromHours(1))).Single(static handler => handler.Handler == "echo").Completed.Should().Be(3 * Shards);
        (await host.Monitor.GetHandlersAsync()).Select(static handler => handler.Name).Should().Equal("echo", HeldJobs.Name);
    }

    [Fact]
    public async Task Each_shard_keeps_its_part_of_what_is_kept_of_completed_jobs()
    {
        await using var host = await StartAsync(
            static jobs => jobs.AddJobHandler<int, int>("echo", static (number, _, _) => Task.FromResult(number)),
            configure: static o => o.Retention.CompletedCount = 2 * Shards);

        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 20 * Shards).Select(static number => new JobRequest("echo", number)));

        await Eventually.HoldsAsync(async () => await host.Monitor.GetCountsAsync() is { Pending: 0, Running: 0, Completed: 2 * Shards }, "the rest is removed");
        for (var shard = 0; shard < Shards; shard++)
        {
            (await Database.ListLengthAsync(Key(shard, "completed"))).Should().Be(2);
        }
    }

    [Fact]
    public async Task Events_of_all_shards_are_heard()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<int, int>("echo", static (number, _, _) => Task.FromResult(number)));
        var heard = new HashSet<JobId>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Test);
        var watching = Task.Run(
            async () =>
            {
                await foreach (var change in host.Monitor.WatchAsync(enough.Token))
                {
                    if (change.State == JobState.Completed)
                    {
                        lock (heard)
                        {
                            heard.UnionWith(change.JobIds);
                        }
                    }
                }
            },
            Test);
        await Eventually.HoldsAsync(async () => (await Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => Database.KeyExistsAsync(Key(shard, "listeners"))))).All(static listens => listens), "it listens");

        var ids = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 2 * Shards).Select(static number => new JobRequest("echo", number)));

        await Eventually.HoldsAsync(
            () =>
            {
                lock (heard)
                {
                    return heard.IsSupersetOf(ids);
                }
            },
            "each end is heard");
        await enough.CancelAsync();
        await watching.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task What_is_wrong_on_any_shard_is_found_named_and_mended()
    {
        await using var client = await StartClientAsync();
        var ids = await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, Shards).Select(static number => new JobRequest("echo", number)));
        await Database.KeyDeleteAsync(Key(2, "queue:default:normal"));

        var report = await client.Monitor.VerifyAsync();

        report.JobsChecked.Should().Be(Shards);
        var violation = report.Violations.Should().ContainSingle(static violation => violation.Kind == ViolationKind.NoHome).Subject;
        violation.Should().BeEquivalentTo(new { JobId = ids[2], Shard = 2 });
        violation.ToString().Should().Contain("of shard 2");
        var repaired = await client.Monitor.RepairAsync(dryRun: false);
        repaired.Repairs.Should().Contain(static repair => repair.IsDone && repair.Violation.Shard == 2);
        (await WaitingAsync()).Should().Equal(1, 1, 1, 1);
        await client.VerifyAsync();
    }

    private static async Task<List<Job>> WalkAsync(TestHost client, JobState? state, int limit, string? cursor = null)
    {
        var jobs = new List<Job>();
        for (var pages = 0; pages < 200; pages++)
        {
            var page = await client.Monitor.ListAsync(state, limit, cursor);
            page.Jobs.Count.Should().BeLessThanOrEqualTo(limit);
            jobs.AddRange(page.Jobs);
            cursor = page.NextCursor;
            if (cursor is null)
            {
                return jobs;
            }
        }

        throw new InvalidOperationException("The list does not end.");
    }

    private static async Task<int> AllAsync(Func<string?, Task<DeadLetterBatch>> call)
    {
        var done = 0;
        for (string? cursor = null, next = ""; next is not null; cursor = next)
        {
            var batch = await call(cursor);
            done += batch.Done;
            next = batch.NextCursor;
        }

        return done;
    }
}
