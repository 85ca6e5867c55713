using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Sharding;

/// <summary>Jobs over several shards: where they go, who runs them, and what is done with each.</summary>
public sealed class ShardedJobsTests(TestServer server) : ShardedTest(server)
{
    [Fact]
    public async Task Jobs_are_spread_over_the_shards_and_one_worker_runs_them_all()
    {
        await using var client = await StartClientAsync();
        var single = new List<JobId>();
        for (var number = 0; number < Shards; number++)
        {
            single.Add(await client.Jobs.EnqueueAsync("echo", number));
        }

        var many = await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 3_000).Select(static number => new JobRequest("echo", number)));

        (await WaitingAsync()).Should().Equal(751, 751, 751, 751);
        single.Select(static id => id.Shard).Should().Equal(0, 1, 2, 3);
        (await client.Monitor.GetCountsAsync()).Pending.Should().Be(3_004);
        await using var worker = await StartAsync(AddEcho);
        await Eventually.HoldsAsync(async () => (await client.Monitor.GetCountsAsync()) is { Completed: 3_004, Pending: 0, Running: 0 }, "all have run");
        (await Task.WhenAll(many.Where(static (_, at) => at % 100 == 0).Select(id => client.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20)))))
            .Should().Equal(Enumerable.Range(0, 30).Select(static number => number * 100));
        await client.VerifyAsync();
    }

    [Fact]
    public async Task An_idle_worker_is_woken_on_every_shard()
    {
        await using var host = await StartAsync(AddEcho, configure: static o => o.PollInterval = TimeSpan.FromMinutes(1));

        for (var number = 0; number < 3 * Shards; number++)
        {
            var id = await host.Jobs.EnqueueAsync("echo", number);
            (await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20))).Should().Be(number);
        }
    }

    [Fact]
    public async Task A_shard_with_few_jobs_gets_its_turn_beside_one_with_many()
    {
        using var held = new HeldJobs();
        await using var client = await StartClientAsync();
        string[] keys = [.. Enumerable.Range(0, 100).Select(static number => $"key-{number}")];
        var ids = await client.Jobs.EnqueueManyAsync(keys.Select(static key => new JobRequest(HeldJobs.Name, new Numbered(0)) { Options = { PartitionKey = key } }));
        var (many, few) = (keys.First(key => ShardOf(key) == 0), keys.First(key => ShardOf(key) == 1));
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 500).Select(number => new JobRequest(HeldJobs.Name, new Numbered(1)) { Options = { PartitionKey = many } }));
        var last = await client.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(2), o => o.PartitionKey = few);
        await using var worker = await StartAsync(jobs => held.AddTo(jobs), configure: static o => (o.Concurrency, o.MaxPrefetch) = (4, 0));

        var shards = new List<byte>();
        for (HeldAttempt? attempt = null; attempt?.Job.Id != last;)
        {
            attempt = await held.NextAsync();
            shards.Add(attempt.Job.Id.Shard);
            attempt.Return(null);
        }

        held.Dispose(); // The worker would wait for those that were started meanwhile.
        shards.CountBy(static shard => shard).ToDictionary()[0].Should().BeLessThan(300, "500 wait on the first shard");

        byte ShardOf(string key) => ids[Array.IndexOf(keys, key)].Shard;
    }

    [Fact]
    public async Task Jobs_of_a_partition_start_in_their_order()
    {
        var started = new List<int>();
        await using var client = await StartClientAsync();
        var ids = new List<JobId>();
        for (var number = 0; number < 50; number++)
        {
            ids.Add(await client.Jobs.EnqueueAsync("note", number, static o => o.PartitionKey = "customer-7"));
            await client.Jobs.EnqueueAsync("echo", number);
        }

        ids.Select(static id => id.Shard).Distinct().Should().ContainSingle();
        await using var worker = await StartAsync(
            jobs =>
            {
                AddEcho(jobs);
                jobs.AddJobHandler<int>("note", (number, _, _) =>
                {
                    started.Add(number);
                    return Task.CompletedTask;
                });
            },
            configure: static o => o.Concurrency = 1);
        await Eventually.HoldsAsync(async () => (await client.Monitor.GetCountsAsync()).Completed == 100, "all have run");
        started.Should().Equal(Enumerable.Range(0, 50));
    }

    [Fact]
    public async Task An_id_of_the_callers_own_is_on_the_first_shard_or_on_its_partitions()
    {
        await using var client = await StartClientAsync();
        var id = JobId.FromKey("order-17");

        var plain = await client.Jobs.EnqueueAsync("echo", 1, o => o.Id = id);
        var placed = await client.Jobs.EnqueueAsync("echo", 1, o => (o.Id, o.PartitionKey) = (id, "order-17"));

        plain.Should().Be(id);
        placed.ToString()[..30].Should().Be(id.ToString()[..30]);
        placed.Shard.Should().NotBe(0);
        var again = () => client.Jobs.EnqueueAsync("echo", 1, o => (o.Id, o.PartitionKey) = (id, "order-17"));
        (await again.Should().ThrowAsync<DuplicateJobException>()).Which.JobIds.Should().Equal(placed);
        (await client.Jobs.EnqueueAsync("echo", 1, o => o.Id = JobId.Parse(id.ToString()[..30] + "02"))).Shard.Should().Be(2);
        var unknown = () => client.Jobs.EnqueueAsync("echo", 1, o => o.Id = JobId.Parse(id.ToString()[..30] + "04"));
        (await unknown.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1012");
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_partition_key_without_a_letter_or_too_long_is_refused(string? key)
    {
        await using var client = await StartClientAsync();

        var enqueue = () => client.Jobs.EnqueueAsync("echo", 1, o => o.PartitionKey = key ?? new string('k', 201));

        (await enqueue.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1017");
    }

    [Fact]
    public async Task A_job_of_any_shard_is_read_cancelled_run_at_once_copied_and_deleted()
    {
        await using var client = await StartClientAsync();
        for (var shard = 0; shard < Shards; shard++)
        {
            var id = await client.Jobs.EnqueueAsync("echo", shard, static o => o.Delay = TimeSpan.FromHours(1));
            (await client.Jobs.GetAsync(id))!.State.Should().Be(JobState.Scheduled);
            await client.Jobs.RunNowAsync(id);
            (await client.Jobs.GetAsync(id))!.State.Should().Be(JobState.Pending);
            (await client.Jobs.CancelAsync(id)).Should().Be(JobState.Cancelled);
            var copy = await client.Jobs.CopyAsync(id);
            copy.Shard.Should().Be(id.Shard, "it stays with its partition");
            await client.Jobs.DeleteAsync(id);
            (await client.Jobs.GetAsync(id)).Should().BeNull();
        }

        await client.VerifyAsync();
    }

    [Fact]
    public async Task An_id_of_a_shard_that_does_not_exist_names_no_job_and_writes_nothing()
    {
        await using var client = await StartClientAsync();
        var id = JobId.Parse("0190000000007000800000000000aa" + "09");

        (await client.Jobs.GetAsync(id)).Should().BeNull();
        (await client.Monitor.GetLogAsync(id)).Should().BeEmpty();
        var wait = () => client.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(1));
        var cancel = () => client.Jobs.CancelAsync(id);
        (await wait.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ1102");
        (await cancel.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ1102");
        (await Database.KeyExistsAsync(Key(9, "meta"))).Should().BeFalse();
    }

    [Fact]
    public async Task Delays_retries_steps_logs_and_progress_work_on_every_shard()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<int, int>("work", static async (number, job, _) =>
        {
            await job.LogAsync($"attempt {job.Attempt}");
            var step = await job.OnceAsync("double", _ => Task.FromResult(number * 2));
            return job.Attempt == 1 ? throw new InvalidDataException("no") : step;
        }));
        var ids = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, Shards).Select(static number
            => new JobRequest("work", number) { Options = { Delay = TimeSpan.FromMilliseconds(100) } }));

        foreach (var (number, id) in ids.Index())
        {
            (await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(30))).Should().Be(number * 2);
            (await host.Jobs.GetAsync(id))!.Attempts.Should().HaveCount(2);
            (await host.Monitor.GetLogAsync(id)).Select(static line => line.Text).Should().Equal("attempt 1", "attempt 2");
        }

        ids.Select(static id => id.Shard).Should().BeEquivalentTo([0, 1, 2, 3]);
        await host.VerifyAsync();
    }

    [Fact]
    public async Task A_worker_that_is_gone_loses_its_jobs_of_every_shard_to_others()
    {
        using var held = new HeldJobs();
        await using var client = await StartClientAsync();
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 2 * Shards).Select(static number => new JobRequest(HeldJobs.Name, new Numbered(number))));
        await using var lost = await StartAsync(jobs => held.AddTo(jobs), configure: static o => (o.Concurrency, o.ShutdownTimeout) = (2 * Shards, TimeSpan.Zero));
        await Eventually.HoldsAsync(() => held.Started == 2 * Shards, "all run");

        for (var shard = 0; shard < Shards; shard++)
        {
            await Database.SortedSetRemoveAsync(Key(shard, "workers"), lost.Pool.WorkerId);
        }

        await using var other = await StartAsync(jobs => held.AddTo(jobs), configure: static o => o.Concurrency = 2 * Shards);
        await Eventually.HoldsAsync(() => held.Started == 4 * Shards, "all run again");
        held.Dispose();
        await Eventually.HoldsAsync(async () => (await client.Monitor.GetCountsAsync()).Completed == 2 * Shards, "all have run");
        await client.VerifyAsync();
    }

    [Fact]
    public async Task Recurring_jobs_fire_and_run_once_each()
    {
        await using var host = await StartAsync(AddEcho);
        await host.Scheduler.RegisterAsync("tick", "echo", JobSchedule.Every(TimeSpan.FromSeconds(1)), 7);

        var run = (await host.Scheduler.RunNowAsync("tick"))!.Value;

        run.Shard.Should().Be(0);
        (await host.Jobs.WaitForResultAsync<int>(run, TimeSpan.FromSeconds(20))).Should().Be(7);
        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).Completed >= 3, "it fires");
        await host.Scheduler.UnregisterAsync("tick");
        (await host.Monitor.ListAsync(JobState.Completed)).Jobs.Select(static job => job.Occurrence).Should().OnlyHaveUniqueItems();
    }

    private static void AddEcho(JobQueueBuilder jobs) => jobs.AddJobHandler<int, int>("echo", static (number, _, _) => Task.FromResult(number));
}
