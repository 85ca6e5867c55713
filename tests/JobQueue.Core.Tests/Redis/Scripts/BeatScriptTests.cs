using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class BeatScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "beat";

    private protected override bool RepeatMovesTimes => true;

    private protected override void Seed(StoreSeed seed) => seed.Worker("w").Running("a");

    private protected override Task CallAsync(RedisShard shard)
    {
        Beat(shard);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Beat_extends_a_live_worker_and_publishes_its_snapshot()
    {
        await Store.SeedAsync(static seed => seed.SilentWorker("w").Worker("x"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(() => Task.FromResult(status = Beat(Store.Shard)));

        status.Should().Be(ScriptStatus.Applied, "a worker is live until it is declared lost");
        changes.Should().Equal("worker:w string expires: {\"n\":1}", "workers zset: now+1h x, now+3h w");
    }

    [Fact]
    public async Task Beat_cannot_bring_a_lost_worker_back()
    {
        await Store.SeedAsync(static seed => seed.Worker("x"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(() => Task.FromResult(status = Beat(Store.Shard)));

        status.Should().Be(ScriptStatus.Lost);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Beat_tells_which_jobs_of_this_worker_were_asked_to_stop()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Cancelling("a").Cancelling("b", "w", 7).Running("c")
            .Cancelling("d", "ww").Cancelling("e", "other").Cancelling("f"));
        await Store.Database.HashDeleteAsync(Store.Key("running"), TestJob.IdText("f")); // It has ended, and the request was left behind.

        Send(Store.Shard).Cancelling.Select(TestJob.Shorten).Should().BeEquivalentTo("a", "b");
    }

    [Fact]
    public async Task Beat_tells_of_500_jobs_at_the_most_and_of_others_with_a_later_beat()
    {
        var names = Enumerable.Range(0, 600).Select(static number => $"{number:0000}").ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Cancelling(name)));
        await Store.SeedAsync(static seed => seed.Worker("w"));

        var told = Send(Store.Shard).Cancelling;

        told.Should().HaveCount(500).And.OnlyHaveUniqueItems();
        var heard = told.ToHashSet(StringComparer.Ordinal);
        await Eventually.HoldsAsync(
            () =>
            {
                heard.UnionWith(Send(Store.Shard).Cancelling);
                return heard.Count == names.Length;
            },
            "each beat tells of another part");
    }

    [Fact]
    public async Task Beat_tells_of_a_job_among_many_that_other_workers_were_asked_to_stop()
    {
        var others = Enumerable.Range(0, 1_500).Select(static number => $"{number:0000}").ToArray();
        await Store.SeedAsync(seed => Array.ForEach(others, name => seed.Cancelling(name, "other")));
        await Store.SeedAsync(static seed => seed.Worker("w").Cancelling("z"));

        Send(Store.Shard).Cancelling.Select(TestJob.Shorten).Should().Equal("z");
    }

    [Theory]
    [InlineData("cancelling")]
    [InlineData("running")]
    public async Task Beat_keeps_the_lease_when_the_requests_to_stop_cannot_be_read(string key)
    {
        await Store.SeedAsync(static seed => seed.SilentWorker("w").Cancelling("a"));
        await Store.Database.StringSetAsync(Store.Key(key), "wrong type");

        BeatReply reply = default;
        var changes = await Store.ChangesOfAsync(() => Task.FromResult(reply = Send(Store.Shard)));

        reply.Status.Should().Be(ScriptStatus.Applied);
        reply.Cancelling.Should().BeEmpty();
        changes.Should().Contain("workers zset: now+3h w");
    }

    private static ScriptStatus Beat(RedisShard shard) => Send(shard).Status;

    private static BeatReply Send(RedisShard shard) => BeatScript.Run(shard, "w", TimeSpan.FromHours(3), TimeSpan.FromHours(2), "{\"n\":1}");
}
