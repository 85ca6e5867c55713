using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>A worker takes one suspect at a time and before all others, so that a crash counts for the culprit alone.</summary>
public sealed class FetchSuspectTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Fetch_takes_one_suspect_first_and_others_after_it()
    {
        await Store.SeedAsync(seed => Suspects(seed, "default", "s1", "s2").Worker("w").PendingIn("critical|default", "a").Pending("b"));

        var reply = await SendAsync(1);

        Names(reply).Should().Equal("s1", "a", "b");
        reply.Taken.Should().Equal(new LeasedRun("suspect|default", 1), new LeasedRun("critical|default", 1), new LeasedRun("normal|default", 1));
        (await Store.LookAsync()).Find("queue:default:suspect")!.Items.Should().Equal(TestJob.IdText("s2"));
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

    [Fact]
    public async Task Fetch_of_a_worker_that_holds_a_suspect_takes_none()
    {
        await Store.SeedAsync(seed => Suspects(seed, "default", "s1").Worker("w").Pending("b"));

        Names(await new FetchCall().SendAsync(Store.Shard)).Should().Equal("b");

        (await Store.LookAsync()).Find("queue:default:suspect")!.Items.Should().ContainSingle();
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
    public async Task Fetch_counts_a_suspect_in_the_room_of_its_queue()
    {
        await Store.SeedAsync(seed => Suspects(seed, "a", "s1").Worker("w").PendingIn("normal|a", "a", "b", "c"));

        Names(await (Call(1) with { Room = "a=2" }).SendAsync(Store.Shard)).Should().Equal("s1", "a");
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

    private static FetchCall Call(long number) => new("w", number) { Priorities = JobPriorities.StrictOrderWithSuspects };

    private Task<FetchReply> SendAsync(long number, long rotation = 0) => (Call(number) with { Rotation = rotation }).SendAsync(Store.Shard);

    private static IEnumerable<string> Names(FetchReply reply) => reply.Ids.Select(TestJob.Shorten);
}
