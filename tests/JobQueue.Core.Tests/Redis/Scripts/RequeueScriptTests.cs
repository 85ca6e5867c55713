using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class RequeueScriptTests(TestServer server) : ScriptTest(server)
{
    private const string Mail = "00000000000000aa";
    private const string Video = "00000000000000bb";

    private static readonly byte[] NewRound = Encoding.UTF8.GetBytes("new round");
    private static readonly byte[] DeadRecord = TestJob.Record("a", status: TerminalStatus.Failed);

    private protected override string ScriptName => "requeue";

    private protected override void Seed(StoreSeed seed) => seed
        .Dead("a", fingerprint: Mail).Dead("b", fingerprint: Mail).Dead("d", fingerprint: Video)
        .Traces("a").Traces("b").Idle("x").Idle("y", "mail").Pending("c").SortedSet("listeners", "l", TimeSpan.FromHours(1));

    private protected override Task CallAsync(RedisShard shard)
        => RequeueScript.RunAsync(shard, [Item("a", Mail), Item("d", Video)], CancellationToken.None);

    [Fact]
    public async Task Requeue_puts_a_dead_job_back_into_its_line_with_its_new_record()
    {
        await Store.SeedAsync(static seed => seed.Dead("a").Dead("b").Traces("a").Traces("b").PendingIn("high|mail", "c"));
        await Store.Database.SetAddAsync(Store.Key("cancelling"), [TestJob.IdText("a"), TestJob.IdText("b")]);

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await SendAsync(Store.Shard, DeadRecord));

        status.Should().Be(ScriptStatus.Applied);
        changes.Should().Equal(
            "cancelling set: b",
            "crashes hash: b=1",
            "dead zset: now b",
            "job:a string: new round",
            "progress hash: b=50",
            "queue:mail:high list: a, c",
            "stats hash: requeued=1");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Requeue_sent_again_answers_already_applied_or_not_dead_once_it_runs_on()
    {
        await Store.SeedAsync(static seed => seed.Dead("a"));
        await SendAsync(Store.Shard, DeadRecord);

        (await SendAsync(Store.Shard, DeadRecord)).Should().Be(ScriptStatus.AlreadyApplied);

        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("a"), "later"));
        (await SendAsync(Store.Shard, DeadRecord)).Should().Be(ScriptStatus.NotFound);
    }

    [Fact]
    public async Task Requeue_refuses_a_record_that_has_changed()
    {
        await Store.SeedAsync(static seed => seed.Dead("a"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await SendAsync(Store.Shard, [.. DeadRecord, (byte)' ']));

        status.Should().Be(ScriptStatus.Conflict);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Requeue_refuses_a_job_that_is_not_dead()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await SendAsync(Store.Shard, TestJob.Record("a")));

        status.Should().Be(ScriptStatus.NotFound);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Requeue_of_an_unknown_job_answers_not_found()
        => (await SendAsync(Store.Shard, DeadRecord)).Should().Be(ScriptStatus.NotFound);

    [Fact]
    public async Task Requeue_of_a_dead_letter_whose_record_is_gone_is_a_conflict()
    {
        await Store.SeedAsync(static seed => seed.Dead("a"));
        await Store.Database.KeyDeleteAsync(Store.Key("job:" + TestJob.IdText("a")));

        (await SendAsync(Store.Shard, DeadRecord)).Should().Be(ScriptStatus.Conflict);
    }

    [Fact]
    public async Task Requeue_takes_the_job_out_of_its_group_and_forgets_a_group_without_jobs()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", fingerprint: Mail).Dead("b", fingerprint: Mail).Dead("c", fingerprint: Video));

        var changes = await Store.ChangesOfAsync(() => RequeueScript.RunAsync(Store.Shard, [Item("a", Mail), Item("c", Video)], default));

        changes.Should().Equal(
            $"dead zset: now b",
            $"dead:{Mail} zset: now b",
            $"dead:{Video} gone",
            $$"""dead:groups hash: {{Mail}}={"handler":"work","error":"{{Mail}}"}""",
            "job:a string: new round",
            "job:c string: new round",
            "queue:mail:high list: c, a",
            "queues set: default, mail",
            "ready set: high|mail",
            "stats hash: requeued=2");
    }

    [Fact]
    public async Task Requeue_of_a_batch_answers_for_each_job()
    {
        await Store.SeedAsync(static seed => seed.Dead("a").Dead("b").Running("c").Dead("d"));
        await Store.Database.KeyDeleteAsync(Store.Key("job:" + TestJob.IdText("d")));
        await Store.SeedAsync(static seed => seed.Hash("job:" + TestJob.IdText("d"), "another", "type"));
        RequeueItem[] items = [Item("a"), Item("b") with { Previous = NewRound }, Item("c"), Item("d"), Item("e")];

        var statuses = await RequeueScript.RunAsync(Store.Shard, items, default);

        statuses.Should().Equal(ScriptStatus.Applied, ScriptStatus.Conflict, ScriptStatus.NotFound, ScriptStatus.Conflict, ScriptStatus.NotFound);
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Requeue_of_500_jobs_keeps_the_order_of_the_call()
    {
        var names = Enumerable.Range(0, 500).Select(static n => n.ToString("D4", null)).ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Dead(name)));

        await RequeueScript.RunAsync(Store.Shard, [.. names.Select(static name => Item(name))], default);

        var list = await Store.Database.ListRangeAsync(Store.Key("queue:mail:high"));
        list.Reverse().Select(static id => TestJob.Shorten((string)id!)).Should().Equal(names);
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Requeue_tells_listeners()
    {
        await Store.SeedAsync(static seed => seed.Dead("a").Dead("b").SortedSet("listeners", "l", TimeSpan.FromHours(1)));

        var heard = await Publications.OfAsync(Store, () => RequeueScript.RunAsync(Store.Shard, [Item("a"), Item("b")], default));

        heard.Should().ContainSingle().Which.Should().MatchRegex("^events [0-9]+;pending:a,b$");
    }

    [Fact]
    public async Task Requeue_wakes_one_worker()
    {
        await Store.SeedAsync(static seed => seed.Dead("a").Idle("x").Idle("y", "mail").Idle("z", "mail"));

        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard, DeadRecord))).Should().Equal("wake:y 1");
    }

    private static RequeueItem Item(string name, string? fingerprint = null)
        => new(TestJob.IdText(name), TestJob.Record(name, status: TerminalStatus.Failed, fingerprint: fingerprint), "high|mail", NewRound);

    private static async Task<ScriptStatus> SendAsync(RedisShard shard, byte[] previous)
        => (await RequeueScript.RunAsync(shard, [Item("a") with { Previous = previous }], CancellationToken.None))[0];
}
