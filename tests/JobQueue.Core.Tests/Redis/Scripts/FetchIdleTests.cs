using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>How workers that find nothing wait, and who is woken when work is left.</summary>
public sealed class FetchIdleTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Fetch_that_finds_nothing_waits_for_any_queue()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Idle("old", until: TimeSpan.FromHours(-1)).Idle("young", until: TimeSpan.FromHours(2)));

        var changes = await Store.ChangesOfAsync(() => new FetchCall().SendAsync(Store.Shard));

        changes.Should().Equal("floors hash: w=1", "idle zset: now+1h w, now+2h young");
    }

    [Fact]
    public async Task Fetch_with_a_filter_that_finds_nothing_waits_for_each_of_its_queues()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").PendingIn("normal|other", "a"));

        var changes = await Store.ChangesOfAsync(() => new FetchCall { Queues = ["a", "b"] }.SendAsync(Store.Shard));

        changes.Should().Equal("floors hash: w=1", "idle:a zset: now+1h w", "idle:b zset: now+1h w");
    }

    [Fact]
    public async Task Fetch_that_finds_as_much_as_it_asked_for_stops_waiting()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Idle("w", "a").Idle("w", "b").Idle("v", "b").PendingIn("normal|a", "a"));

        var reply = default(FetchReply);
        var changes = await Store.ChangesOfAsync(async () => reply = await new FetchCall { Queues = ["a", "b"], Limit = 1 }.SendAsync(Store.Shard));

        changes.Should().Contain("idle:a gone").And.Contain("idle:b zset: now+1h v");
        reply.Waits.Should().BeFalse();
    }

    [Fact]
    public async Task Fetch_that_finds_less_than_it_asked_for_waits_in_the_same_call()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").PendingIn("normal|a", "a"));

        var reply = default(FetchReply);
        var changes = await Store.ChangesOfAsync(async () => reply = await new FetchCall { Queues = ["a", "b"] }.SendAsync(Store.Shard));

        reply.Ids.Should().ContainSingle();
        reply.Waits.Should().BeTrue();
        changes.Should().Contain("idle:a zset: now+1h w").And.Contain("idle:b zset: now+1h w");
    }

    [Fact]
    public async Task Fetch_that_leaves_work_does_not_wait()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").PendingIn("normal|a", "a", "b"));

        var reply = await new FetchCall { Limit = 1 }.SendAsync(Store.Shard);

        reply.Waits.Should().BeFalse();
        (await Store.LookAsync()).Find("idle").Should().BeNull();
    }

    [Fact]
    public async Task Fetch_that_leaves_work_wakes_one_more_worker()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Idle("x").Idle("y").Pending("a", "b"));

        var heard = await Publications.OfAsync(Store, () => new FetchCall { Limit = 1 }.SendAsync(Store.Shard));

        heard.Should().Equal("wake:x 1");
        (await Store.LookAsync()).Find("idle")!.Items.Should().ContainSingle().Which.Should().EndWith(" y");
    }

    [Fact]
    public async Task Fetch_that_leaves_nothing_wakes_nobody()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Idle("x").Pending("a", "b"));

        (await Publications.OfAsync(Store, () => new FetchCall().SendAsync(Store.Shard))).Should().BeEmpty();
    }

    [Fact]
    public async Task Fetch_that_leaves_work_of_a_queue_wakes_a_worker_of_that_queue()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Idle("all").Idle("mailer", "mail").Idle("other", "video").PendingIn("low|mail", "a", "b").Pending("c"));

        (await Publications.OfAsync(Store, () => new FetchCall { Limit = 2 }.SendAsync(Store.Shard))).Should().Equal("wake:mailer 1");
    }

    [Fact]
    public async Task Fetch_does_not_wake_the_worker_that_fetches()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Idle("w").Pending("a", "b"));

        (await Publications.OfAsync(Store, () => new FetchCall { Limit = 1 }.SendAsync(Store.Shard))).Should().BeEmpty();
    }

    [Fact]
    public async Task Fetch_answers_what_it_leased_when_an_idle_key_is_of_another_type()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Idle("x").Pending("a", "b").Text("idle:default", "wrong"));

        IReadOnlyList<string> heard = [];
        var call = async () => heard = await Publications.OfAsync(Store, () => new FetchCall { Limit = 1 }.SendAsync(Store.Shard));

        await call.Should().NotThrowAsync();
        heard.Should().Equal("wake:x 1");
    }
}
