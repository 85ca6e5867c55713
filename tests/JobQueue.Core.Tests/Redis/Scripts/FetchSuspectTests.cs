using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>A worker asks for a suspect when it holds nothing, and gets that one alone; every other fetch only tells that one waits.</summary>
public sealed class FetchSuspectTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Fetch_of_suspects_takes_one_and_nothing_else()
    {
        await Store.SeedAsync(seed => Suspects(seed, "default", "s1", "s2").Worker("w").PendingIn("critical|default", "a").Pending("b"));

        var reply = await SendAsync(1);

        Names(reply).Should().Equal("s1");
        reply.Taken.Should().Equal(new LeasedRun("suspect|default", 1));
        reply.SuspectWaits.Should().BeTrue("s2 does");
        (await Store.LookAsync()).Find("queue:default:suspect")!.Items.Should().Equal(TestJob.IdText("s2"));
        (await SendAsync(2)).SuspectWaits.Should().BeFalse("that was the last");
        (await SendAsync(3)).Ids.Should().BeEmpty();
    }

    [Fact]
    public async Task Fetch_of_ordinary_jobs_takes_no_suspect_and_tells_that_one_waits()
    {
        await Store.SeedAsync(seed => Suspects(seed, "mail", "s1").Worker("w").Pending("a"));

        var (first, second) = (await OrdinaryAsync(1), await OrdinaryAsync(2));

        (Names(first).Single(), first.SuspectWaits).Should().Be(("a", true));
        (Names(second).Any(), second.SuspectWaits).Should().Be((false, true), "an idle worker hears of it too");
        (await Store.LookAsync()).Find("queue:mail:suspect")!.Items.Should().ContainSingle();
    }

    [Theory]
    [InlineData("paused")]
    [InlineData("filter")]
    [InlineData("room")]
    [InlineData("none")]
    public async Task Fetch_tells_of_no_suspect_that_the_worker_could_not_take(string why)
    {
        await Store.SeedAsync(seed => (why == "none" ? seed : Suspects(seed, "a", "s1")).Worker("w").Pending("b"));
        if (why == "paused")
        {
            await Store.SeedAsync(static seed => seed.Paused("a"));
        }

        var call = new FetchCall() { Queues = why == "filter" ? ["default"] : [], Room = why == "room" ? "a=0" : "" };

        (await call.SendAsync(Store.Shard)).SuspectWaits.Should().BeFalse();
    }

    [Fact]
    public async Task Fetch_that_leaves_a_suspect_wakes_one_more_worker()
    {
        await Store.SeedAsync(seed => Suspects(seed, "a", "s1", "s2").Worker("w").Worker("x").Idle("x"));

        (await Publications.OfAsync(Store, () => SendAsync(1))).Should().Equal("wake:x 1");
        (await Publications.OfAsync(Store, () => SendAsync(2))).Should().BeEmpty("nothing is left");
    }

    [Fact]
    public async Task Fetch_takes_one_suspect_of_all_queues_and_another_queues_at_the_next_rotation()
    {
        await Store.SeedAsync(seed => Suspects(Suspects(seed, "a", "a1", "a2"), "b", "b1").Worker("w"));

        Names(await SendAsync(1, rotation: 0)).Should().Equal("a1");
        Names(await SendAsync(2, rotation: 1)).Should().Equal("b1");
        Names(await SendAsync(3, rotation: 2)).Should().Equal("a2");
        (await Store.LookAsync()).Find("ready").Should().BeNull("whoever empties a list takes it out");
    }

    [Theory]
    [InlineData("paused")]
    [InlineData("filter")]
    [InlineData("room")]
    public async Task Fetch_takes_no_suspect_of_a_queue_that_it_may_not_take_from(string why)
    {
        await Store.SeedAsync(seed => Suspects(Suspects(seed, "a", "a1"), "b", "b1").Worker("w"));
        if (why == "paused")
        {
            await Store.SeedAsync(static seed => seed.Paused("a"));
        }

        var reply = await (Call(1) with { Queues = why == "filter" ? ["b"] : [], Room = why == "room" ? "a=0" : "" }).SendAsync(Store.Shard);

        Names(reply).Should().Equal("b1");
    }

    [Fact]
    public async Task Fetch_passes_over_suspects_that_are_gone()
    {
        await Store.SeedAsync(seed => Suspects(seed.Listed("suspect|default", "x", "y"), "default", "s1").Worker("w"));

        Names(await SendAsync(1)).Should().Equal("s1");
    }

    [Fact]
    public async Task Fetch_leaves_the_crashes_of_a_suspect_as_they_are()
    {
        await Store.SeedAsync(seed => Suspects(seed, "default", "s1").Worker("w"));

        (await Store.ChangesOfAsync(() => SendAsync(1))).Should().NotContain(static change => change.StartsWith("crashes", StringComparison.Ordinal));
    }

    /// <summary>Jobs that wait in the line of suspects; their records name the priority that they were enqueued with.</summary>
    internal static StoreSeed Suspects(StoreSeed seed, string queue, params string[] names)
    {
        foreach (var name in names)
        {
            seed.Text("job:" + TestJob.IdText(name), TestJob.Record(name, "normal|" + queue)).Hash("crashes", TestJob.IdText(name), $"2|{TestJob.LongAgo}|suspect");
        }

        return seed.Listed("suspect|" + queue, names);
    }

    private static FetchCall Call(long number) => new("w", number) { Priorities = JobPriorities.Suspect };

    private Task<FetchReply> SendAsync(long number, long rotation = 0) => (Call(number) with { Rotation = rotation }).SendAsync(Store.Shard);

    private Task<FetchReply> OrdinaryAsync(long number) => new FetchCall("w", number).SendAsync(Store.Shard);

    private static IEnumerable<string> Names(FetchReply reply) => reply.Ids.Select(TestJob.Shorten);
}
