using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class LeaveScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "leave";

    private protected override void Seed(StoreSeed seed) => seed
        .Worker("w").Floor("w", 3).Idle("w").Idle("w", "a").Idle("w", "b")
        .Worker("x").Floor("x", 4).Idle("x").Idle("x", "a").Running("j", "w");

    private protected override Task CallAsync(RedisShard shard) => LeaveScript.RunAsync(shard, "w", ["a", "b"], CancellationToken.None);

    [Fact]
    public async Task Leave_takes_the_worker_out_and_keeps_its_jobs_for_recovery()
    {
        await Store.SeedAsync(Seed);

        var changes = await Store.ChangesOfAsync(() => CallAsync(Store.Shard));

        changes.Should().Equal(
            "floors hash: x=4",
            "idle zset: now+1h x",
            "idle:a zset: now+1h x",
            "idle:b gone",
            "worker:w gone",
            "workers zset: now+1h x");
    }

    [Fact]
    public async Task Leave_of_a_worker_that_is_not_live_changes_nothing()
        => (await Store.ChangesOfAsync(() => CallAsync(Store.Shard))).Should().BeEmpty();
}
