using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class CountsScriptTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Counts_adds_up_jobs_by_place()
    {
        await Store.SeedAsync(static seed => seed
            .Pending("a", "b", "c").PendingIn("high|mail", "d", "e").Tombstone("b").Tombstone("d", "high|mail")
            .Scheduled("f", TimeSpan.FromHours(1)).Retrying("g", default).Retrying("h", default)
            .Running("i").Dead("j").Dead("k").Dead("l").Completed("m")
            .Worker("w").Worker("x").SilentWorker("y")
            .Hash("stats", "enqueued", 12).Hash("stats", "completed", 1));

        CountsReply? reply = null;
        var changes = await Store.ChangesOfAsync(async () => reply = await CountsScript.RunAsync(Store.Shard, default));

        changes.Should().BeEmpty();
        reply.Should().BeEquivalentTo(new CountsReply(
            Pending: 3, Scheduled: 1, Retrying: 2, Running: 1, Dead: 3, LiveWorkers: 2, Completed: 1, Cancelled: 0,
            new Dictionary<string, long> { ["enqueued"] = 12, ["completed"] = 1 }));
    }

    [Fact]
    public async Task Counts_of_an_empty_store_are_zero()
        => (await CountsScript.RunAsync(Store.Shard, default)).Should().BeEquivalentTo(new CountsReply(0, 0, 0, 0, 0, 0, 0, 0, new Dictionary<string, long>()));

    [Fact]
    public async Task Counts_passes_over_a_list_of_another_type()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Text("queue:broken:high", "x"));
        await Store.Database.SetAddAsync(Store.Key("ready"), "high|broken");

        (await CountsScript.RunAsync(Store.Shard, default)).Pending.Should().Be(1);
    }
}
