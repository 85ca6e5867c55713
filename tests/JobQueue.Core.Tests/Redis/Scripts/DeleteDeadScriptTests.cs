using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class DeleteDeadScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "delete_dead";

    private protected override IReadOnlyCollection<string> Removed => ["a"];

    private protected override void Seed(StoreSeed seed) => seed.Dead("a").Dead("b").Traces("a").Traces("b").Pending("c");

    private protected override Task CallAsync(RedisShard shard) => DeleteDeadScript.RunAsync(shard, TestJob.Id("a"), CancellationToken.None);

    [Fact]
    public async Task Delete_dead_removes_the_job_with_everything_kept_for_it()
    {
        var key = "job:" + TestJob.IdText("a");
        await Store.SeedAsync(seed => seed.Dead("a").Dead("b").Traces("a").Traces("b").Text(key + ":log", "line").Hash(key + ":steps", "s", 1));
        await Store.Database.SetAddAsync(Store.Key("cancelling"), [TestJob.IdText("a"), TestJob.IdText("b")]);

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await DeleteDeadScript.RunAsync(Store.Shard, TestJob.Id("a"), default));

        status.Should().Be(ScriptStatus.Applied);
        changes.Should().Equal(
            "cancelling set: b",
            "crashes hash: b=1",
            "dead zset: now b",
            "job:a gone",
            "job:a:log gone",
            "job:a:steps gone",
            "progress hash: b=50",
            "stats hash: deleted=1");
    }

    [Fact]
    public async Task Delete_dead_leaves_a_job_alone_that_is_not_dead()
    {
        await Store.SeedAsync(static seed => seed.Completed("a"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await DeleteDeadScript.RunAsync(Store.Shard, TestJob.Id("a"), default));

        status.Should().Be(ScriptStatus.NotFound);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Delete_dead_sent_again_answers_that_it_is_not_dead()
    {
        await Store.SeedAsync(static seed => seed.Dead("a"));
        await CallAsync(Store.Shard);

        (await DeleteDeadScript.RunAsync(Store.Shard, TestJob.Id("a"), default)).Should().Be(ScriptStatus.NotFound);
    }
}
