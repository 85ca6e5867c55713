using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class ReconcileScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "reconcile";

    private protected override void Seed(StoreSeed seed) => seed
        .Worker("w").Running("a", "w", 6).Running("b", "w", 5).Running("c", "x", 6).Cancelling("d", "w", 6)
        .Running("e", "w", 6, "high|mail").Traces("a").Idle("y").Idle("z", "mail");

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, answered: 5, fetchNumber: 6);

    [Fact]
    public async Task Reconcile_hands_back_exactly_what_unanswered_fetches_leased()
    {
        await Store.SeedAsync(static seed => seed
            .Running("a", "w", 4).Running("b", "w", 5).Running("c", "w", 6).Running("d", "w", 7).Running("e", "w", 8)
            .Running("f", "v", 6).Running("g", "ww", 6).Pending("h"));

        ReconcileReply reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(Store.Shard, answered: 5, fetchNumber: 7));

        reply.Cursor.Should().Be("0");
        reply.HandedBack.Should().Be(2);
        reply.Held.Should().BeEmpty();
        changes.Should().Equal(
            "floors hash: w=7",
            "queue:default:normal list: h, d, c",
            $"running hash: a={TestJob.Token("w", 4)}, b={TestJob.Token("w", 5)}, e={TestJob.Token("w", 8)}, f={TestJob.Token("v", 6)}, g={TestJob.Token("ww", 6)}");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Reconcile_puts_each_job_into_the_line_that_its_record_names()
    {
        await Store.SeedAsync(static seed => seed.Running("a", line: "critical|eu-west.mail_1").Running("b", line: "low|default").Running("c"));
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("c"), "{\"not\":\"ours\"}"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, answered: 0, fetchNumber: 1));

        changes.Should().Contain("queue:eu-west.mail_1:critical list: a").And.Contain("queue:default:low list: b")
            .And.Contain("queue:default:normal list: c", "a worker buries what it can't read")
            .And.Contain("ready set: critical|eu-west.mail_1, low|default, normal|default");
    }

    [Fact]
    public async Task Reconcile_hands_back_a_job_whose_record_is_of_another_type()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));
        await Store.Database.KeyDeleteAsync(Store.Key("job:" + TestJob.IdText("a")));
        await Store.SeedAsync(static seed => seed.Hash("job:" + TestJob.IdText("a"), "f", "v"));

        (await SendAsync(Store.Shard, answered: 0, fetchNumber: 1)).HandedBack.Should().Be(1);

        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Reconcile_makes_the_late_fetch_stale()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Pending("a"));
        await SendAsync(Store.Shard, answered: 5, fetchNumber: 7);

        (await new FetchCall("w", 7).SendAsync(Store.Shard)).Status.Should().Be(ScriptStatus.Stale);
        (await new FetchCall("w", 8).SendAsync(Store.Shard)).Status.Should().Be(ScriptStatus.Applied);
    }

    [Fact]
    public async Task Reconcile_never_lowers_the_floor()
    {
        await Store.SeedAsync(static seed => seed.Floor("w", 9));

        (await Store.ChangesOfAsync(() => SendAsync(Store.Shard, answered: 5, fetchNumber: 7))).Should().BeEmpty();
    }

    [Fact]
    public async Task Reconcile_leaves_a_job_running_that_was_asked_to_stop_and_names_it()
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a").Running("b"));

        var reply = await SendAsync(Store.Shard, answered: 0, fetchNumber: 1);

        reply.HandedBack.Should().Be(1);
        reply.Held.Should().Equal(new HeldLease(TestJob.IdText("a"), TestJob.Token("w"), Crashes: 0));
        (await Store.LookAsync()).Find("running")!.Items.Should().ContainSingle();
    }

    [Fact]
    public async Task Reconcile_keeps_the_crash_count()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Traces("a"));

        await SendAsync(Store.Shard, answered: 0, fetchNumber: 1);

        (await Store.LookAsync()).Find("crashes").Should().NotBeNull();
    }

    [Fact]
    public async Task Reconcile_wakes_one_worker_of_each_queue()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c", line: "low|mail").Idle("x").Idle("y").Idle("z", "mail"));

        var heard = await Publications.OfAsync(Store, () => SendAsync(Store.Shard, answered: 0, fetchNumber: 1));

        heard.Should().Equal("wake:x 1", "wake:z 1");
    }

    [Fact]
    public async Task Reconcile_pages_through_many_running_jobs()
    {
        var names = Enumerable.Range(0, 600).Select(static number => $"{number:0000}").ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, (name) => seed.Running(name, fetchNumber: name[3] < '5' ? 1 : 2)));

        var (cursor, handedBack, steps) = ("0", 0, 0);
        do
        {
            var reply = await ReconcileScript.RunAsync(Store.Shard, "w", 1, 2, cursor, count: 50, CancellationToken.None);
            (cursor, handedBack, steps) = (reply.Cursor, handedBack + reply.HandedBack, steps + 1);
        }
        while (cursor != "0");

        handedBack.Should().Be(300);
        steps.Should().BeGreaterThan(1);
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    private static Task<ReconcileReply> SendAsync(RedisShard shard, long answered, long fetchNumber)
        => ReconcileScript.RunAsync(shard, "w", answered, fetchNumber, "0", count: 1000, CancellationToken.None);
}
