using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Core.Tests.Sharding;

/// <summary>More shards for a store in use, and fewer.</summary>
public sealed class GrowthTests(TestServer server) : ShardedTest(server)
{
    [Fact]
    public async Task Workers_of_before_take_the_jobs_of_new_shards()
    {
        await using var worker = await StartAsync(AddEcho, shards: 1);
        await using var client = await StartClientAsync(shards: 1);
        await client.Jobs.EnqueueAsync("echo", 0);

        await using var grown = await StartClientAsync(shards: Shards);
        var ids = await grown.Jobs.EnqueueManyAsync(Enumerable.Range(0, 2 * Shards).Select(static number => new JobRequest("echo", number)));

        foreach (var (number, id) in ids.Index())
        {
            (await grown.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromMinutes(1))).Should().Be(number);
        }

        ids.Select(static id => id.Shard).Distinct().Should().HaveCount(Shards);
        worker.Pool.Shards.Select(static shard => shard.Number).Should().Equal(0, 1, 2, 3);
        (await client.Jobs.GetAsync(ids[3]))!.State.Should().Be(JobState.Completed, "a client of before reads them too");
        (await grown.Monitor.GetCountsAsync()).Completed.Should().Be(1 + (2 * Shards));
        await grown.VerifyAsync();
    }

    [Fact]
    public async Task A_job_that_waits_stays_where_it_is_and_runs()
    {
        await using var before = await StartClientAsync(shards: 2);
        var ids = await before.Jobs.EnqueueManyAsync(Enumerable.Range(0, 10).Select(static number => new JobRequest("echo", number)));

        await using var worker = await StartAsync(AddEcho);

        foreach (var (number, id) in ids.Index())
        {
            (await worker.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20))).Should().Be(number);
        }
    }

    [Fact]
    public async Task A_queue_that_is_paused_is_paused_on_new_shards_too()
    {
        await using var before = await StartClientAsync(shards: 1);
        await before.Monitor.PauseAsync("mail");

        await using var worker = await StartAsync(AddEcho);
        await worker.Jobs.EnqueueManyAsync(Enumerable.Range(0, 2 * Shards).Select(static number => new JobRequest("echo", number) { Options = { Queue = "mail" } }));
        var others = await worker.Jobs.EnqueueManyAsync(Enumerable.Range(0, 2 * Shards).Select(static number => new JobRequest("echo", number)));
        foreach (var id in others)
        {
            await worker.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20));
        }

        (await worker.Monitor.GetCountsAsync()).Should().BeEquivalentTo(new { Pending = 2 * Shards, Completed = 2 * Shards });
        (await before.Monitor.ResumeAsync("mail")).Should().BeTrue("it learns of the new shards first");
        await Eventually.HoldsAsync(async () => (await worker.Monitor.GetCountsAsync()).Completed == 4 * Shards, "all have run");
    }

    [Fact]
    public async Task A_process_with_fewer_shards_enqueues_to_those_and_works_on_all()
    {
        var log = new RecordedLog();
        await using var many = await StartClientAsync();
        var ids = await many.Jobs.EnqueueManyAsync(Enumerable.Range(0, Shards).Select(static number => new JobRequest("echo", number)));

        await using var few = await StartAsync(
            jobs =>
            {
                AddEcho(jobs);
                log.Record(jobs);
            },
            shards: 2);

        foreach (var id in ids)
        {
            await few.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20));
        }

        log.Count(307).Should().Be(1);
        (await few.Jobs.EnqueueManyAsync(Enumerable.Range(0, 4).Select(static number => new JobRequest("echo", number)))).Select(static id => id.Shard).Should().Equal(0, 1, 0, 1);
        (await Database.HashGetAsync(Key(0, "meta"), "shards")).Should().Be(Shards, "the number never falls");
    }

    [Fact]
    public async Task A_growth_that_stops_half_way_is_finished_by_the_next_process()
    {
        await using var before = await StartClientAsync(shards: 1);
        await before.Monitor.PauseAsync("mail");
        await Database.HashSetAsync(Key(1, "meta"), "schema", StartUpCheck.Schema); // One process had begun, and was killed before the number rose.

        await using var after = await StartClientAsync(shards: 2);

        (await Database.SetMembersAsync(Key(1, "paused"))).Should().ContainSingle().Which.Should().Be("mail");
        (await Database.HashGetAsync(Key(0, "meta"), "shards")).Should().Be(2);
    }

    [Fact]
    public async Task A_number_of_shards_that_was_lost_is_written_again_by_a_process_that_knew_it()
    {
        await using var many = await StartClientAsync();
        await using var few = await StartClientAsync(shards: 1);
        var ids = await many.Jobs.EnqueueManyAsync(Enumerable.Range(0, Shards).Select(static number => new JobRequest("echo", number)));
        await Database.KeyDeleteAsync(Key(0, "meta"));

        await few.Services.GetRequiredService<RedisCalls>().RefreshShardsAsync(Test);

        (await Database.HashGetAsync(Key(0, "meta"), "shards")).Should().Be(Shards);
        await using var next = await StartClientAsync(shards: 1);
        (await next.Jobs.GetAsync(ids[^1])).Should().NotBeNull();
    }

    [Fact]
    public async Task A_growth_that_can_not_read_what_is_paused_says_that_and_not_that_the_schema_is_damaged()
    {
        await using var before = await StartClientAsync(shards: 1);
        await Database.StringSetAsync(Key(0, "paused"), "hostile");

        var start = () => StartClientAsync(shards: 2);

        (await start.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ2005");
        (await Database.HashGetAsync(Key(0, "meta"), "shards")).IsNull.Should().BeTrue("no shard is used whose pauses are not known");
    }

    [Fact]
    public async Task A_meta_key_of_another_type_stops_a_start_and_nothing_that_runs()
    {
        var clock = new LaterClock();
        await using var running = await StartAsync(jobs => jobs.Services.AddSingleton<TimeProvider>(clock), shards: Shards, static options => options.RunWorkers = false);
        await running.Jobs.EnqueueAsync("echo", 0);
        await Database.StringSetAsync(Key(0, "meta"), "hostile");

        var start = () => StartClientAsync();

        (await start.Should().ThrowAsync<JobQueueException>()).Which.Message.Should().StartWith($"JQ2012: The key '{Key(0, "meta")}' is not a hash");
        clock.Later = 2 * RedisShards.RefreshInterval; // What is known of the number of shards is old.
        (await running.Jobs.EnqueueManyAsync(Enumerable.Range(0, Shards).Select(static number => new JobRequest("echo", number)))).Should().HaveCount(Shards);
        (await running.Monitor.VerifyAsync()).Violations.Should().ContainSingle(static found => found.Kind == ViolationKind.WrongType).Which.Key.Should().Be("meta");
        (await running.Monitor.RepairAsync(dryRun: false)).Repairs.Should().ContainSingle().Which.IsDone.Should().BeTrue();
        await using var next = await StartClientAsync(shards: 1);
        (await next.Monitor.GetCountsAsync()).Pending.Should().Be(1 + Shards);
    }

    [Fact]
    public async Task Loops_of_a_worker_take_turns_on_each_shard_and_stop_with_it()
    {
        var worker = await StartAsync(AddEcho, shards: 1);
        await using var grown = await StartClientAsync(shards: Shards);
        await Eventually.HoldsAsync(() => worker.Pool.Shards.Count == Shards, "it works on all");
        for (var shard = 0; shard < Shards; shard++)
        {
            await Eventually.HoldsAsync(async () => await Database.KeyExistsAsync(Key(shard, "turn:promote")), "the promoter has its turn there");
            (await Database.SortedSetScoreAsync(Key(shard, "workers"), worker.Pool.WorkerId)).Should().NotBeNull();
        }

        var id = worker.Pool.WorkerId;
        await worker.DisposeAsync();

        for (var shard = 0; shard < Shards; shard++)
        {
            (await Database.SortedSetScoreAsync(Key(shard, "workers"), id)).Should().BeNull("it has left");
        }
    }

    /// <summary>A clock whose time since the start can be set forward.</summary>
    private sealed class LaterClock : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Later.TotalSeconds * TimestampFrequency);
    }

    private static void AddEcho(JobQueueBuilder jobs) => jobs.AddJobHandler<int, int>("echo", static (number, _, _) => Task.FromResult(number));
}
