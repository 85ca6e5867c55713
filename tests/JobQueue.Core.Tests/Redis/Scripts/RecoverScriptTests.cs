using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class RecoverScriptTests(TestServer server) : ScriptTest(server)
{
    private static readonly TimeSpan Lease = TimeSpan.FromHours(3);
    private static readonly TimeSpan Gap = TimeSpan.FromHours(1);
    private static readonly CrashLimit Crashes = new(MaxCrashes: 3, TimeSpan.FromHours(24));

    private protected override string ScriptName => "recover";

    private protected override bool RepeatMovesTimes => true;

    private protected override void Seed(StoreSeed seed) => seed
        .Worker("live").SilentWorker("lost").Idle("lost").Floor("lost", 4).Idle("y").Idle("z", "mail")
        .Running("a", "live").Running("b", "lost").Running("c", "gone", line: "high|mail").Cancelling("d", "lost").Traces("b");

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard);

    [Fact]
    public async Task Recover_declares_silent_workers_lost_and_hands_their_jobs_back()
    {
        await Store.SeedAsync(static seed => seed
            .Worker("live").SilentWorker("lost").Idle("lost").Floor("lost", 4).Floor("live", 3)
            .Running("a", "live").Running("b", "lost").Running("c", "lost").Pending("d"));

        RecoverReply reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(Store.Shard));

        reply.Should().BeEquivalentTo(new RecoverReply(ScriptStatus.Applied, "0", ["lost"], 2, []));
        changes.Should().Equal(
            "floors hash: live=3",
            "idle gone",
            "lost zset: now lost",
            "meta hash: last_recovery=now, schema=1",
            "queue:default:normal list: d, c, b",
            $"running hash: a={TestJob.Token("live")}",
            "stats hash: recovered=2",
            "workers zset: now+1h live");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Recover_hands_back_orphans_that_an_earlier_pass_left()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "gone", line: "high|mail").Running("b", "gone"));
        await Store.SeedAsync(static seed => seed.Hash("running", TestJob.IdText("b"), "no token of ours"));

        var reply = await SendAsync(Store.Shard);

        reply.LostWorkers.Should().BeEmpty();
        reply.HandedBack.Should().Be(2);
        (await Store.LookAsync()).Find("queue:mail:high").Should().NotBeNull();
    }

    [Fact]
    public async Task Recover_leaves_a_job_running_that_was_asked_to_stop_and_names_it()
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a", "gone"));

        (await SendAsync(Store.Shard)).Held.Should().Equal(new HeldLease(TestJob.IdText("a"), TestJob.Token("gone"), Crashes: 0));

        (await Store.LookAsync()).Find("running")!.Items.Should().ContainSingle();
    }

    [Fact]
    public async Task Recover_keeps_the_crash_count_and_the_snapshot_of_a_lost_worker()
    {
        await Store.SeedAsync(static seed => seed.SilentWorker("lost").Running("a", "lost").Traces("a"));

        await SendAsync(Store.Shard);

        var keyspace = await Store.LookAsync();
        keyspace.Find("crashes").Should().NotBeNull();
        keyspace.Find("worker:lost").Should().NotBeNull();
    }

    [Fact]
    public async Task Recover_stores_the_time_of_the_pass()
        => (await Store.ChangesOfAsync(() => SendAsync(Store.Shard))).Should().Equal("meta hash: last_recovery=now, schema=1");

    [Fact]
    public async Task Recover_after_a_gap_declares_nobody_lost_for_one_lease()
    {
        var now = await Store.NowAsync();
        await Store.SeedAsync(seed => seed
            .SilentWorker("lost").Running("a", "lost").Running("b", "gone")
            .Hash("meta", "last_recovery", now - (long)TimeSpan.FromHours(2).TotalMilliseconds));

        RecoverReply reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(Store.Shard));

        reply.Should().BeEquivalentTo(new RecoverReply(ScriptStatus.Grace, "0", [], 0, []));
        changes.Should().Equal("meta hash: grace_until=now+3h, last_recovery=now, schema=1");
        (await SendAsync(Store.Shard)).Status.Should().Be(ScriptStatus.Grace, "the next pass has no gap behind it, and obeys the grace all the same");
    }

    [Fact]
    public async Task Recover_goes_on_when_the_grace_is_over()
    {
        var now = await Store.NowAsync();
        await Store.SeedAsync(seed => seed
            .SilentWorker("lost").Running("a", "lost").Hash("meta", "grace_until", now - 1).Hash("meta", "last_recovery", now));

        (await SendAsync(Store.Shard)).LostWorkers.Should().Equal("lost");
    }

    [Fact]
    public async Task Recover_fences_a_worker_that_comes_back()
    {
        await Store.SeedAsync(static seed => seed.SilentWorker("lost").Running("a", "lost"));
        await SendAsync(Store.Shard);

        var complete = new CompleteItem(TestJob.IdBytes("a"), TestJob.Token("lost"), TestJob.LongAgo, "work", "w0", "r0", [1]);
        (await CompleteScript.RunAsync(Store.Shard, [complete], CancellationToken.None)).Should().Equal(ScriptStatus.Refused);
        (await new FetchCall("lost", 9).SendAsync(Store.Shard)).Status.Should().Be(ScriptStatus.Lost);
        BeatScript.Run(Store.Shard, "lost", Lease, Lease, "{}").Status.Should().Be(ScriptStatus.Lost);
    }

    [Fact]
    public async Task Recover_wakes_one_worker_of_each_queue()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c", line: "low|mail").Idle("x").Idle("y").Idle("z", "mail"));

        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard))).Should().Equal("wake:x 1", "wake:z 1");
    }

    [Fact]
    public async Task Recover_pages_through_many_running_jobs()
    {
        var names = Enumerable.Range(0, 600).Select(static number => $"{number:0000}").ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Running(name, name[3] < '5' ? "lost" : "live")));
        await Store.SeedAsync(static seed => seed.Worker("live").SilentWorker("lost"));

        var (cursor, handedBack, steps) = ("0", 0, 0);
        do
        {
            var reply = await RecoverScript.RunAsync(Store.Shard, Lease, Gap, Crashes, cursor, count: 50, CancellationToken.None);
            (cursor, handedBack, steps) = (reply.Cursor, handedBack + reply.HandedBack, steps + 1);
        }
        while (cursor != "0");

        handedBack.Should().Be(300);
        steps.Should().BeGreaterThan(1);
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Recover_declares_at_most_100_workers_lost_in_a_pass()
    {
        await Store.SeedAsync(static seed =>
        {
            for (var number = 0; number < 120; number++)
            {
                seed.SilentWorker(number.ToString(CultureInfo.InvariantCulture));
            }
        });

        (await SendAsync(Store.Shard)).LostWorkers.Should().HaveCount(100);
        (await SendAsync(Store.Shard)).LostWorkers.Should().HaveCount(20);
    }

    private static Task<RecoverReply> SendAsync(RedisShard shard) => RecoverScript.RunAsync(shard, Lease, Gap, Crashes, "0", count: 1000, CancellationToken.None);
}
