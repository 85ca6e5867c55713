using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>How the queues of one priority share a fetch, and how a limit of a queue holds. A job is named after its queue.</summary>
public sealed class FetchShareTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Fetch_shares_its_limit_between_the_queues_of_a_priority()
    {
        await SeedAsync(("normal|a", 30), ("normal|b", 30), ("normal|c", 30));

        var taken = await TakenAsync(new FetchCall { Limit = 30 });

        taken.Should().Equal("normal|a 10", "normal|b 10", "normal|c 10");
    }

    [Fact]
    public async Task Fetch_takes_at_least_eight_jobs_of_the_queue_whose_turn_it_is()
    {
        await SeedAsync(("normal|a", 30), ("normal|b", 30), ("normal|c", 30));

        (await TakenAsync(new FetchCall("w", 1) { Limit = 10, Rotation = 0 })).Should().Equal("normal|a 8", "normal|b 2");
        (await TakenAsync(new FetchCall("w", 2) { Limit = 10, Rotation = 1 })).Should().Equal("normal|b 8", "normal|c 2");
        (await TakenAsync(new FetchCall("w", 3) { Limit = 10, Rotation = 2 })).Should().Equal("normal|c 8", "normal|a 2");
    }

    [Fact]
    public async Task Fetch_gives_what_a_queue_leaves_of_its_part_to_those_that_have_more()
    {
        await SeedAsync(("normal|a", 3), ("normal|b", 40), ("normal|c", 40));

        var taken = await TakenAsync(new FetchCall { Limit = 60 });

        taken.Should().Equal("normal|a 3", "normal|b 20", "normal|c 20", "normal|b 17");
    }

    [Fact]
    public async Task Fetch_goes_to_the_next_priority_only_when_nothing_is_left_of_the_higher()
    {
        await SeedAsync(("high|a", 30), ("high|b", 5), ("low|c", 30));

        (await TakenAsync(new FetchCall("w", 1) { Limit = 20 })).Should().Equal("high|a 10", "high|b 5", "high|a 5");
        (await TakenAsync(new FetchCall("w", 2) { Limit = 20 })).Should().Equal("high|a 15", "low|c 5");
    }

    [Fact]
    public async Task Fetch_leaves_a_queue_alone_that_has_no_room()
    {
        await SeedAsync(("normal|a", 5), ("normal|b", 5));

        (await TakenAsync(new FetchCall("w", 1) { Room = "a=0" })).Should().Equal("normal|b 5");
        (await TakenAsync(new FetchCall("w", 2) { Room = "a=0" })).Should().BeEmpty();
        (await TakenAsync(new FetchCall("w", 3))).Should().Equal("normal|a 5");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(40)]
    public async Task Fetch_takes_no_more_of_a_queue_than_it_has_room(int room)
    {
        await SeedAsync(("normal|eu-west.1", 60), ("normal|b", 50));

        var reply = await SendAsync(new FetchCall { Limit = 100, Room = $"eu-west.1={room},other=3" });

        CountOf(reply, "eu-west.1").Should().Be(room);
        CountOf(reply, "b").Should().Be(50, "what one queue may not yield goes to the others");
    }

    [Fact]
    public async Task Fetch_counts_the_room_of_a_queue_over_all_its_priorities()
    {
        await SeedAsync(("critical|a", 2), ("high|a", 2), ("normal|a", 10), ("low|a", 10), ("low|b", 3));

        var taken = await TakenAsync(new FetchCall { Room = "a=7" });

        taken.Should().Equal("critical|a 2", "high|a 2", "normal|a 3", "low|b 3");
    }

    [Fact]
    public async Task Fetch_that_leaves_only_what_has_no_room_wakes_nobody()
    {
        await SeedAsync(("normal|a", 5));
        await Store.SeedAsync(static seed => seed.Idle("x"));

        (await Publications.OfAsync(Store, () => SendAsync(new FetchCall { Room = "a=2" }))).Should().BeEmpty();
    }

    [Fact]
    public async Task Fetch_passes_over_a_list_of_another_type_for_which_there_is_no_room_left()
    {
        await SeedAsync(("high|a", 5));
        await Store.SeedAsync(static seed => seed.Text("queue:a:low", "wrong type"));
        await Store.Database.SetAddAsync(Store.Key("ready"), "low|a");

        (await TakenAsync(new FetchCall { Room = "a=5" })).Should().Equal("high|a 5");
    }

    [Fact]
    public async Task Fetch_shares_between_the_queues_of_its_filter_that_are_not_paused()
    {
        await SeedAsync(("normal|a", 30), ("normal|b", 30), ("normal|c", 30), ("normal|d", 30));
        await Store.SeedAsync(static seed => seed.Paused("b"));

        (await TakenAsync(new FetchCall { Limit = 20, Queues = ["a", "b", "d"] })).Should().Equal("normal|a 10", "normal|d 10");
    }

    [Fact]
    public async Task Fetch_by_fetch_no_queue_of_a_priority_waits_for_another_to_end()
    {
        await SeedAsync([.. Enumerable.Range(0, 20).Select(static queue => ($"normal|q{queue:00}", 40))]);

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var number = 1; number <= 10; number++)
        {
            seen.UnionWith((await SendAsync(new FetchCall("w", number) { Limit = 16, Rotation = number * 2 })).Taken.Select(static run => run.Line));
        }

        seen.Should().HaveCount(20, "two queues yield in each of ten fetches");
    }

    /// <summary>So many jobs in each line, for a live worker.</summary>
    private async Task SeedAsync(params (string Line, int Jobs)[] lines)
    {
        await Store.SeedAsync(static seed => seed.Worker("w"));
        for (var number = 0; number < lines.Length; number++)
        {
            var (line, jobs) = lines[number];
            await Store.SeedAsync(seed => seed.PendingIn(line, [.. Enumerable.Range(0, jobs).Select(job => $"{(char)('a' + number)}{job:000}")]));
        }
    }

    /// <summary>The runs of a fetch as <c>line count</c>.</summary>
    private async Task<IEnumerable<string>> TakenAsync(FetchCall call)
        => (await SendAsync(call)).Taken.Select(static run => $"{run.Line} {run.Count}");

    /// <summary>Fetches, and holds the reply to what it says about itself: each run names the line that its ids come from, oldest first.</summary>
    private async Task<FetchReply> SendAsync(FetchCall call)
    {
        var before = await Store.LookAsync();
        var reply = await call.SendAsync(Store.Shard);

        var at = 0;
        foreach (var run in reply.Taken)
        {
            var ids = Array.ConvertAll(reply.Ids[at..(at + run.Count)], Encoding.UTF8.GetString);
            before.Find(TestJob.List(run.Line))!.Items.Should().Contain(ids);
            ids.Should().BeInAscendingOrder(StringComparer.Ordinal);
            at += run.Count;
        }

        reply.Ids.Should().HaveCount(at).And.OnlyHaveUniqueItems();
        return reply;
    }

    private static int CountOf(FetchReply reply, string queue)
        => reply.Taken.Where(run => run.Line.EndsWith("|" + queue, StringComparison.Ordinal)).Sum(static run => run.Count);
}
