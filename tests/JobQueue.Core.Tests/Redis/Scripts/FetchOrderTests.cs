using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>In which order fetch.lua visits the lists, and which it leaves out.</summary>
public sealed class FetchOrderTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Fetch_takes_a_higher_priority_first_and_within_one_the_oldest()
    {
        await Store.SeedAsync(static seed => seed.Worker("w")
            .PendingIn("low|default", "l1", "l2")
            .PendingIn("critical|default", "c1", "c2")
            .PendingIn("normal|default", "n1")
            .PendingIn("high|default", "h1", "h2"));

        (await NamesOfAsync(new FetchCall())).Should().Equal("c1", "c2", "h1", "h2", "n1", "l1", "l2");
    }

    [Fact]
    public async Task Fetch_follows_the_order_of_priorities_that_it_is_given()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").PendingIn("low|default", "l").PendingIn("high|default", "h").PendingIn("normal|default", "n"));

        (await NamesOfAsync(new FetchCall { Priorities = "low,high" })).Should().Equal("l", "h");
    }

    [Fact]
    public async Task Fetch_begins_with_another_queue_of_a_priority_at_each_rotation()
    {
        await Store.SeedAsync(static seed => seed.Worker("w")
            .PendingIn("normal|a", "a1", "a2").PendingIn("normal|b", "b1", "b2").PendingIn("normal|c", "c1", "c2"));

        (await NamesOfAsync(new FetchCall("w", 1) { Limit = 1, Rotation = 0 })).Should().Equal("a1");
        (await NamesOfAsync(new FetchCall("w", 2) { Limit = 1, Rotation = 1 })).Should().Equal("b1");
        (await NamesOfAsync(new FetchCall("w", 3) { Limit = 1, Rotation = 2 })).Should().Equal("c1");
        (await NamesOfAsync(new FetchCall("w", 4) { Rotation = 4 })).Should().Equal("b2", "c2", "a2");
    }

    [Fact]
    public async Task Fetch_takes_from_the_queues_of_its_filter_only()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").PendingIn("high|a", "a").PendingIn("low|b", "b").PendingIn("normal|c", "c"));

        (await NamesOfAsync(new FetchCall { Queues = ["b", "c", "empty"] })).Should().Equal("c", "b");
    }

    [Fact]
    public async Task Fetch_skips_a_paused_queue()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").PendingIn("critical|a", "a").PendingIn("low|b", "b").Paused("a"));

        (await NamesOfAsync(new FetchCall())).Should().Equal("b");
        (await NamesOfAsync(new FetchCall("w", 2) { Queues = ["a"] })).Should().BeEmpty();
    }

    [Fact]
    public async Task Fetch_takes_queues_whose_names_have_dots_and_hyphens()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").PendingIn("normal|eu-west.mail_1", "a"));

        (await NamesOfAsync(new FetchCall { Queues = ["eu-west.mail_1"] })).Should().Equal("a");
    }

    private async Task<IEnumerable<string>> NamesOfAsync(FetchCall call) => (await call.SendAsync(Store.Shard)).Ids.Select(TestJob.Shorten);
}
