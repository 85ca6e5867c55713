using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class EnqueueScriptTests(TestServer server) : ScriptTest(server)
{
    private const string InAnHour = "+3600000";

    private protected override string ScriptName => "enqueue";

    private protected override void Seed(StoreSeed seed) => seed.Idle("w").Scheduled("z", TimeSpan.FromHours(5));

    private protected override Task CallAsync(RedisShard shard)
        => SendAsync(shard, 1, New("a"), New("b", "high|mail"), New("c", due: InAnHour), New("a"));

    [Fact]
    public async Task Enqueue_puts_jobs_in_their_lists_and_stores_their_records()
    {
        var changes = await Store.ChangesOfAsync(() => SendAsync(1, New("a"), New("b", "high|mail"), New("c")));

        changes.Should().Equal(
            "job:a string: record of a",
            "job:b string: record of b",
            "job:c string: record of c",
            "producers hash: p=1|now|",
            "queue:default:normal list: c, a",
            "queue:mail:high list: b",
            "queues set: default, mail",
            "ready set: high|mail, normal|default",
            "recent list: c, b, a",
            "stats hash: enqueued=3");
    }

    [Fact]
    public async Task Enqueue_schedules_what_is_due_later_by_duration_or_by_time()
    {
        var inTwoHours = await Store.NowAsync() + 7_200_000;

        var changes = await Store.ChangesOfAsync(() => SendAsync(1, New("a", due: InAnHour), New("b", "low|mail", $"{inTwoHours}")));

        changes.Should().Equal(
            "job:a string: record of a",
            "job:b string: record of b",
            "producers hash: p=1|now|",
            "queues set: default, mail",
            "recent list: b, a",
            "scheduled zset: now+1h normal|default|a, now+2h low|mail|b",
            "stats hash: enqueued=2");
    }

    [Theory]
    [InlineData("+0")]
    [InlineData("1")]
    [InlineData("1700000000000")]
    [InlineData("-5")]
    public async Task Enqueue_of_a_time_that_is_past_waits_at_once(string due)
    {
        await SendAsync(1, New("a", due: due));

        var keyspace = await Store.LookAsync();
        keyspace.Find("queue:default:normal")!.Items.Should().Equal(TestJob.IdText("a"));
        keyspace.Find("scheduled").Should().BeNull();
    }

    [Fact]
    public async Task Enqueue_stores_records_byte_for_byte()
    {
        byte[] record = [.. Enumerable.Range(0, 256).Select(static value => (byte)value)];

        await EnqueueScript.RunAsync(Store.Shard, EnqueueScript.Arguments("p", 1, [TestJob.Item("a", TestJob.DefaultLine, "", record)]), default);

        ((byte[])await Store.Database.StringGetAsync(Store.Key("job:" + TestJob.IdText("a")))).Should().Equal(record);
    }

    [Fact]
    public async Task Enqueue_refuses_an_id_that_exists_and_stores_the_others()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Completed("c"));

        (ScriptStatus, int[]) reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(1, New("a"), New("b"), New("c"), New("d")));

        reply.Should().BeEquivalentTo((ScriptStatus.Applied, (int[])[0, 2]));
        changes.Should().Equal(
            "job:b string: record of b",
            "job:d string: record of d",
            "producers hash: p=1|now|1,3",
            "queue:default:normal list: d, b, a",
            "recent list: d, b",
            "stats hash: enqueued=2");
    }

    [Fact]
    public async Task Enqueue_refuses_an_id_that_stands_twice_in_the_batch()
    {
        var (status, duplicates) = await SendAsync(1, New("a"), New("a", "high|mail"));

        status.Should().Be(ScriptStatus.Applied);
        duplicates.Should().Equal(1);
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Enqueue_refuses_an_id_whose_tombstone_still_stands_in_a_list()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Tombstone("a"));

        (ScriptStatus, int[]) reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(1, New("a")));

        reply.Should().BeEquivalentTo((ScriptStatus.Applied, (int[])[0]));
        changes.Should().Equal("producers hash: p=1|now|1");
    }

    [Fact]
    public async Task Enqueue_answers_the_last_batch_again_as_it_did_the_first_time()
    {
        await Store.SeedAsync(static seed => seed.Pending("a"));
        await SendAsync(7, New("a"), New("b"));

        var again = await SendAsync(7, New("a"), New("b"));

        again.Should().BeEquivalentTo((ScriptStatus.AlreadyApplied, (int[])[0]));
    }

    [Fact]
    public async Task Enqueue_refuses_a_batch_that_was_overtaken()
    {
        await SendAsync(7, New("a"));

        (ScriptStatus, int[]) reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(6, New("b")));

        reply.Should().BeEquivalentTo((ScriptStatus.Stale, Array.Empty<int>()));
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Enqueue_counts_the_batches_of_each_producer_by_themselves()
    {
        await SendAsync(7, New("a"));

        var (status, _) = await EnqueueScript.RunAsync(Store.Shard, EnqueueScript.Arguments("other", 1, [New("b")]), default);

        status.Should().Be(ScriptStatus.Applied);
        (await Store.LookAsync()).Find("producers")!.Items.Should().HaveCount(2);
    }

    [Fact]
    public async Task Enqueue_tells_the_timers_of_a_new_earliest_time_only()
    {
        await Store.SeedAsync(static seed => seed.Scheduled("z", TimeSpan.FromHours(2)));

        (await Publications.OfAsync(Store, () => SendAsync(1, New("a", due: "+10800000")))).Should().BeEmpty();
        var heard = await Publications.OfAsync(Store, () => SendAsync(2, New("b", due: InAnHour)));

        var earliest = await Store.Database.SortedSetScoreAsync(Store.Key("scheduled"), "normal|default|" + TestJob.IdText("b"));
        heard.Should().Equal($"timers {earliest}");
    }

    [Fact]
    public async Task Enqueue_wakes_one_idle_worker_of_each_queue_that_got_work()
    {
        await Store.SeedAsync(static seed => seed.Idle("all").Idle("mailer", "mail").Idle("late", "mail", TimeSpan.FromHours(-1)));

        var heard = await Publications.OfAsync(Store, () => SendAsync(1, New("a", "high|mail"), New("b", "low|mail")));

        heard.Should().Equal("wake:mailer 1");
        var keyspace = await Store.LookAsync();
        keyspace.Find("idle")!.Items.Should().ContainSingle();
        keyspace.Find("idle:mail")!.Items.Should().ContainSingle("an entry whose time is over is left to fetch").Which.Should().EndWith(" late");
    }

    [Fact]
    public async Task Enqueue_of_later_work_wakes_nobody()
    {
        await Store.SeedAsync(static seed => seed.Idle("w"));

        (await Publications.OfAsync(Store, () => SendAsync(1, New("a", due: InAnHour)))).Should().NotContain("wake:w 1");
    }

    [Fact]
    public async Task Enqueue_takes_a_batch_of_500()
    {
        var jobs = Enumerable.Range(0, 500).Select(static number => New($"{number:0000}", number % 2 == 0 ? "normal|even" : "normal|odd", number % 5 == 0 ? InAnHour : ""));

        var (status, duplicates) = await SendAsync(1, [.. jobs]);

        status.Should().Be(ScriptStatus.Applied);
        duplicates.Should().BeEmpty();
        var keyspace = await Store.LookAsync();
        keyspace.Find("scheduled")!.Items.Should().HaveCount(100);
        keyspace.Find("queue:even:normal")!.Items.Should().HaveCount(200);
        keyspace.Find("queue:odd:normal")!.Items.Should().HaveCount(200);
        Homes.EveryIdHasAHome(keyspace);
    }

    [Fact]
    public async Task Enqueue_remembers_the_newest_10000_ids_and_cuts_the_rest_when_it_is_100()
    {
        await Store.Database.ListLeftPushAsync(Store.Key("recent"), [.. Enumerable.Repeat((StackExchange.Redis.RedisValue)"old", 10_098)]);

        await SendAsync(1, New("a"));
        (await Store.Database.ListLengthAsync(Store.Key("recent"))).Should().Be(10_099);
        await SendAsync(2, New("b"));

        var recent = (await Store.LookAsync()).Find("recent")!.Items;
        recent.Should().HaveCount(10_000);
        recent.Take(2).Should().Equal(TestJob.IdText("b"), TestJob.IdText("a"));
    }

    private static EnqueueItem New(string name, string line = TestJob.DefaultLine, string due = "")
        => TestJob.Item(name, line, due, Encoding.UTF8.GetBytes("record of " + name));

    private Task<(ScriptStatus Status, int[] Duplicates)> SendAsync(long batch, params EnqueueItem[] jobs) => SendAsync(Store.Shard, batch, jobs);

    private static Task<(ScriptStatus Status, int[] Duplicates)> SendAsync(RedisShard shard, long batch, params EnqueueItem[] jobs)
        => EnqueueScript.RunAsync(shard, EnqueueScript.Arguments("p", batch, jobs), CancellationToken.None);
}
