using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class RequeueScriptTests(TestServer server) : ScriptTest(server)
{
    private static readonly byte[] NewRound = Encoding.UTF8.GetBytes("new round");
    private static readonly byte[] DeadRecord = TestJob.Record("a", status: TerminalStatus.Failed);

    private protected override string ScriptName => "requeue";

    private protected override void Seed(StoreSeed seed) => seed
        .Dead("a").Dead("b").Traces("a").Traces("b").Idle("x").Idle("y", "mail").Pending("c");

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, DeadRecord);

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
    public async Task Requeue_wakes_one_worker()
    {
        await Store.SeedAsync(static seed => seed.Dead("a").Idle("x").Idle("y", "mail").Idle("z", "mail"));

        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard, DeadRecord))).Should().Equal("wake:y 1");
    }

    private static Task<ScriptStatus> SendAsync(RedisShard shard, byte[] previous)
        => RequeueScript.RunAsync(shard, TestJob.Id("a"), previous, "high|mail", NewRound, CancellationToken.None);
}
