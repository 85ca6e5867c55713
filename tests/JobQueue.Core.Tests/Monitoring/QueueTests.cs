using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Core.Tests.Redis.Scripts;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Monitoring;

public sealed class QueueTests(TestServer server) : MonitorTest(server)
{
    [Fact]
    public async Task An_empty_store_has_no_queues()
        => (await Monitor.GetQueuesAsync()).Should().BeEmpty();

    [Fact]
    public async Task A_queue_shows_what_waits_and_since_when()
    {
        await Client.Jobs.EnqueueAsync("job", new Numbered(1), static o => (o.Queue, o.Priority, o.Id) = ("mail", JobPriority.Low, TestJob.Id("a")));
        await Client.Jobs.EnqueueAsync("job", new Numbered(2), static o => (o.Queue, o.Priority, o.Id) = ("mail", JobPriority.High, TestJob.Id("b")));
        await Client.Jobs.EnqueueAsync("job", new Numbered(3), static o => (o.Queue, o.Id) = ("audio", TestJob.Id("c")));
        await Client.Jobs.EnqueueAsync("job", new Numbered(4), static o => (o.Queue, o.Delay) = ("later", TimeSpan.FromHours(1)));
        await Client.Jobs.CancelAsync(TestJob.Id("c"));
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("s"), TestJob.Record("s", "normal|mail")));
        await Store.Database.ListLeftPushAsync(Store.Key("queue:mail:suspect"), TestJob.IdText("s"));
        await Monitor.PauseAsync("unknown");

        var queues = await Monitor.GetQueuesAsync();

        queues.Select(static queue => (queue.Name, queue.IsPaused, queue.Waiting, queue.Suspects)).Should().Equal(
            ("audio", false, 0L, 0L), ("later", false, 0L, 0L), ("mail", false, 3L, 1L), ("unknown", true, 0L, 0L));
        queues[2].WaitingByPriority.Should().BeEquivalentTo(new Dictionary<JobPriority, long>
        {
            [JobPriority.Critical] = 0,
            [JobPriority.High] = 1,
            [JobPriority.Normal] = 0,
            [JobPriority.Low] = 1,
        });
        queues[2].OldestJobId.Should().Be(TestJob.Id("s"), "it was created long ago");
        queues[2].WaitingSince.Should().Be(DateTimeOffset.FromUnixTimeMilliseconds(TestJob.LongAgo));
        queues[0].OldestJobId.Should().BeNull();
        queues[0].WaitingSince.Should().BeNull();
    }

    [Fact]
    public async Task The_oldest_job_is_the_one_that_became_due_first_whatever_its_priority()
    {
        await Client.Jobs.EnqueueAsync("job", new Numbered(1), static o => (o.Queue, o.Priority, o.Id) = ("mail", JobPriority.Low, TestJob.Id("a")));
        var first = (await Client.Jobs.GetAsync(TestJob.Id("a")))!.CreatedAt;
        await Eventually.HoldsAsync(() => DateTimeOffset.UtcNow > first.AddMilliseconds(2), "time has gone by");
        await Client.Jobs.EnqueueAsync("job", new Numbered(2), static o => (o.Queue, o.Priority) = ("mail", JobPriority.Critical));

        var queue = (await Monitor.GetQueuesAsync()).Single();

        queue.OldestJobId.Should().Be(TestJob.Id("a"));
        queue.WaitingSince.Should().Be(first);
    }

    [Fact]
    public async Task A_thousand_queues_with_large_jobs_in_some_are_read_in_parts()
    {
        var large = new string('x', 900_000);
        for (var i = 0; i < 10; i++)
        {
            await Client.Jobs.EnqueueAsync("job", large, o => o.Queue = "large-" + i);
        }

        await Client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 1_000)
            .Select(static n => new JobRequest("job", new Numbered(n)) { Options = { Queue = "q" + n.ToString("000", CultureInfo.InvariantCulture) } }));

        var queues = await Monitor.GetQueuesAsync();

        queues.Should().HaveCount(1_010).And.OnlyContain(static queue => queue.Waiting == 1 && queue.OldestJobId != null && queue.WaitingSince != null);
        queues.Select(static queue => queue.Name).Should().BeInAscendingOrder(StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_paused_queue_rests_until_it_is_resumed()
    {
        await using var host = await TestHost.StartAsync(
            Server, static jobs => jobs.AddJobHandler<Numbered, int>("echo", static (args, _, _) => Task.FromResult(args.Number)), o => o.KeyPrefix = Store.Prefix);
        (await Monitor.PauseAsync("mail")).Should().BeTrue();
        (await Monitor.PauseAsync("mail")).Should().BeFalse();

        var resting = await Client.Jobs.EnqueueAsync("echo", new Numbered(1), static o => o.Queue = "mail");
        var running = await Client.Jobs.EnqueueAsync("echo", new Numbered(2));
        (await Client.Jobs.WaitForResultAsync<int>(running, TimeSpan.FromSeconds(20))).Should().Be(2);
        (await Client.Jobs.GetAsync(resting))!.State.Should().Be(JobState.Pending);

        (await Monitor.ResumeAsync("mail")).Should().BeTrue();
        (await Monitor.ResumeAsync("mail")).Should().BeFalse();
        (await Client.Jobs.WaitForResultAsync<int>(resting, TimeSpan.FromSeconds(20))).Should().Be(1);
    }

    [Fact]
    public async Task A_purge_removes_what_waits_and_nothing_else()
    {
        await Client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 1_700)
            .Select(static n => new JobRequest("job", new Numbered(n)) { Options = { Queue = "mail", Priority = (JobPriority)(n % 4) } }));
        await Client.Jobs.EnqueueAsync("job", new Numbered(1), static o => (o.Queue, o.Delay) = ("mail", TimeSpan.FromHours(1)));
        await Client.Jobs.EnqueueAsync("job", new Numbered(1), static o => o.Queue = "audio");
        await Store.SeedAsync(static seed => seed.Running("r", line: "normal|mail"));

        (await Monitor.PurgeAsync("mail")).Should().Be(1_700);
        (await Monitor.PurgeAsync("mail")).Should().Be(0);

        var counts = await Monitor.GetCountsAsync();
        (counts.Pending, counts.Scheduled, counts.Running, counts.TotalPurged).Should().Be((1, 1, 1, 1_700));
        var keyspace = await Store.LookAsync();
        Homes.EveryIdHasAHome(keyspace);
        keyspace.Keys.Count(static key => key.Name.StartsWith("job:", StringComparison.Ordinal)).Should().Be(3);
        keyspace.Find("tombstones").Should().BeNull();
    }

    [Fact]
    public async Task A_purge_beside_workers_and_producers_leaves_every_job_run_or_purged()
    {
        const int Jobs = 3_000;
        var ran = 0;
        await using var host = await TestHost.StartAsync(
            Server,
            jobs => jobs.AddJobHandler<Numbered>("count", (_, _, _) =>
            {
                Interlocked.Increment(ref ran);
                return Task.CompletedTask;
            }),
            o => o.KeyPrefix = Store.Prefix);
        var enqueueing = Client.Jobs.EnqueueManyAsync(Enumerable.Range(0, Jobs).Select(static n => new JobRequest("count", new Numbered(n))));
        long purged = 0;
        while (!enqueueing.IsCompleted)
        {
            purged += await Monitor.PurgeAsync("default");
        }

        await enqueueing;
        await Eventually.HoldsAsync(async () => await Monitor.GetCountsAsync() is { Pending: 0, Running: 0 }, "nothing waits");

        ((await Monitor.GetCountsAsync()).TotalPurged, purged + ran).Should().Be((purged, Jobs));
        var keyspace = await Store.LookAsync();
        Homes.EveryIdHasAHome(keyspace);
        keyspace.Find("tombstones").Should().BeNull("fetch drops the marks that a purge leaves behind");
        keyspace.Find("tombstones:count").Should().BeNull();
    }

    [Fact]
    public async Task Whoever_waits_for_a_purged_job_is_told()
    {
        var id = await Client.Jobs.EnqueueAsync("job", new Numbered(1), static o => o.Queue = "mail");
        var waiting = Client.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromMinutes(5));
        await Eventually.HoldsAsync(async () => await Store.Database.HashExistsAsync(Store.Key("waiters"), id.ToString()), "somebody waits");

        await Monitor.PurgeAsync("mail");

        var wait = () => Eventually.EndsAsync(waiting);
        (await wait.Should().ThrowAsync<JobStateException>()).Which.ErrorId.Should().Be("JQ1102");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no/slash")]
    [InlineData("-first")]
    public async Task A_name_that_no_queue_can_have_is_refused(string queue)
    {
        foreach (var call in new Func<Task>[] { () => Monitor.PauseAsync(queue), () => Monitor.ResumeAsync(queue), () => Monitor.PurgeAsync(queue) })
        {
            (await call.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1002");
        }

        (await Store.LookAsync()).Keys.Select(static key => key.Name).Should().Equal("meta");
    }

    [Fact]
    public async Task A_queue_whose_front_is_full_of_cancelled_jobs_still_shows_its_oldest()
    {
        var names = Names(200);
        await Store.SeedAsync(seed => seed.PendingIn("normal|mail", [.. names, "z"]));
        await Store.Database.HashSetAsync(Store.Key("tombstones"), [.. names.Select(static name => new HashEntry(TestJob.IdText(name), "normal|mail"))]);
        await Store.Database.HashSetAsync(Store.Key("tombstones:count"), "normal|mail", 200);

        var queue = (await Monitor.GetQueuesAsync()).Single();

        (queue.Waiting, queue.OldestJobId).Should().Be((1, TestJob.Id("z")));
    }

    [Fact]
    public async Task A_queue_tells_how_many_jobs_workers_take_of_it_in_a_minute()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").PendingIn("normal|mail", "a", "b", "c").PendingIn("high|mail", "d").PendingIn("low|audio", "e"));
        await new FetchCall("w", 1) { Limit = 3 }.SendAsync(Store.Shard);
        await new FetchCall("w", 2) { Limit = 2 }.SendAsync(Store.Shard);

        (await Monitor.GetQueuesAsync()).Select(static queue => (queue.Name, queue.TakenPerMinute)).Should().Equal(("audio", 1), ("mail", 4));
        var kept = await Task.WhenAll((await Store.FindKeysAsync())
            .Where(static key => ((string)key!).Contains(":taken:", StringComparison.Ordinal))
            .Select(key => Store.Database.KeyTimeToLiveAsync(key)));
        kept.Should().NotBeEmpty().And.OnlyContain(static left => left <= TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task What_was_taken_in_the_minute_before_fades_out()
    {
        await Store.SeedAsync(static seed => seed.PendingIn("normal|mail", "a"));
        var minute = await Store.NowAsync() / 60_000;
        await Store.Database.HashSetAsync(Store.Key("taken:" + (minute - 1).ToString(CultureInfo.InvariantCulture)), "mail", 60_000);
        await Store.Database.HashSetAsync(Store.Key("taken:" + (minute - 2).ToString(CultureInfo.InvariantCulture)), "mail", 1);

        var rate = (await Monitor.GetQueuesAsync()).Single().TakenPerMinute;

        var passed = await Store.NowAsync() - (minute * 60_000);
        rate.Should().BeGreaterThanOrEqualTo(Math.Max(0, 60_000 - passed)).And.BeLessThanOrEqualTo(60_000);
    }
}
