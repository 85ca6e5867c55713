using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class TrimScriptTests(TestServer server) : ScriptTest(server)
{
    private const int Any = int.MaxValue;

    private static readonly TimeSpan Ever = TimeSpan.FromDays(36_500);
    private static readonly FinishedList All = new("completed", Any, Ever, Any);

    private protected override string ScriptName => "trim";

    private protected override IReadOnlyCollection<string> Removed => ["b", "c"];

    /// <summary>It keeps the newest three of those that are there then: x has completed meanwhile, and d goes in its turn.</summary>
    private protected override IReadOnlyCollection<string> WrittenAgain => ["completed", "job:d", "stats"];

    /// <summary>a is awaited and becomes the newest entry; b and c go.</summary>
    private protected override void Seed(StoreSeed seed) => seed
        .Finished(TerminalStatus.Completed, "a").Finished(TerminalStatus.Completed, "b").Finished(TerminalStatus.Completed, "c")
        .Finished(TerminalStatus.Completed, "d").Finished(TerminalStatus.Completed, "e").Finished(TerminalStatus.Cancelled, "f")
        .Waiter("a").Traces("b").Traces("x").Pending("x")
        .Text("job:" + TestJob.IdText("b") + ":log", "line").Hash("job:" + TestJob.IdText("b") + ":steps", "s", 1).Attached("b").Attached("x");

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, All with { MaxCount = 3 });

    [Fact]
    public async Task Trim_removes_the_oldest_beyond_the_count_with_everything_kept_for_them()
    {
        await Store.SeedAsync(Seed);
        var size = TestJob.Record("a", status: TerminalStatus.Completed).Length;
        var cancelled = TestJob.Record("f", status: TerminalStatus.Cancelled).Length;

        (int Removed, bool More) reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(Store.Shard, All with { MaxCount = 3 }));

        reply.Should().Be((2, false));
        changes.Should().Equal(
            "attached hash: x=1",
            $"completed list: a|now|{size}, e|now|{size}, d|now|{size}",
            "crashes hash: x=1",
            "job:b gone",
            "job:b:log gone",
            "job:b:steps gone",
            "job:c gone",
            "progress hash: x=50",
            $"stats hash: cancelled_bytes={cancelled}, completed_bytes={3 * size}, expired=2");
    }

    [Fact]
    public async Task Trim_leaves_nothing_of_a_job_that_has_written_lines_and_stored_a_step()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b"));
        await LogScript.RunAsync(Store.Shard, TestJob.IdText("a"), TestJob.Token("w"), 1, ["1|x"u8.ToArray()], CancellationToken.None);
        await StoreStepScript.RunAsync(Store.Shard, TestJob.IdText("b"), TestJob.Token("w"), "step", "1"u8.ToArray(), CancellationToken.None);
        await Store.Database.KeyDeleteAsync(Store.Key("running"));
        await Store.SeedAsync(static seed => seed.Finished(TerminalStatus.Completed, "a").Finished(TerminalStatus.Completed, "b"));

        (await SendAsync(Store.Shard, All with { MaxCount = 0 })).Removed.Should().Be(2);

        (await Store.LookAsync()).Keys.Select(static key => key.Name).Should().BeEquivalentTo("meta", "queues", "stats");
    }

    [Fact]
    public async Task Trim_removes_what_is_older_than_the_age()
    {
        await Store.SeedAsync(static seed => seed
            .Finished(TerminalStatus.Cancelled, "a", Hours(3)).Finished(TerminalStatus.Cancelled, "b", Hours(2)).Finished(TerminalStatus.Cancelled, "c", Hours(1)));

        var reply = await SendAsync(Store.Shard, new FinishedList("cancelled", Any, TimeSpan.FromMinutes(90), Any));

        reply.Removed.Should().Be(2);
        (await NamesAsync("cancelled")).Should().Equal("c");
        (await StatAsync("cancelled_bytes")).Should().Be(TestJob.Record("c", status: TerminalStatus.Cancelled).Length);
    }

    [Fact]
    public async Task Trim_removes_the_oldest_until_the_bytes_are_within_the_limit()
    {
        await Store.SeedAsync(static seed => seed
            .Finished(TerminalStatus.Completed, "a").Finished(TerminalStatus.Completed, "b").Finished(TerminalStatus.Completed, "c"));
        var size = TestJob.Record("a", status: TerminalStatus.Completed).Length;

        await SendAsync(Store.Shard, All with { MaxBytes = 2 * size });
        (await NamesAsync()).Should().Equal("c", "b");

        await SendAsync(Store.Shard, All with { MaxBytes = (2 * size) - 1 });
        (await NamesAsync()).Should().Equal("c");
    }

    [Fact]
    public async Task Trim_leaves_a_list_alone_that_is_within_its_limits()
    {
        await Store.SeedAsync(Seed);

        (int Removed, bool More) reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(Store.Shard, All with { MaxCount = 5 }));

        reply.Should().Be((0, false));
        changes.Should().BeEmpty();
        (await SendAsync(Store.Shard, All with { Name = "nothing" })).Should().Be((0, false));
    }

    [Fact]
    public async Task Trim_goes_on_in_steps()
    {
        var names = Enumerable.Range(0, 25).Select(static n => n.ToString("D4", null)).ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Finished(TerminalStatus.Completed, name)));

        var replies = new List<(int Removed, bool More)>();
        do
        {
            replies.Add(await SendAsync(Store.Shard, All with { MaxCount = 2 }, limit: 10));
        }
        while (replies[^1].More);

        replies.Should().Equal((10, true), (10, true), (3, false));
        (await NamesAsync()).Should().Equal("0024", "0023");
        (await StatAsync("expired")).Should().Be(23);
    }

    [Fact]
    public async Task Trim_leaves_jobs_that_are_awaited_or_still_in_a_queue_list()
    {
        await Store.SeedAsync(static seed => seed
            .Finished(TerminalStatus.Completed, "a").Finished(TerminalStatus.Completed, "c")
            .Finished(TerminalStatus.Completed, "d").Finished(TerminalStatus.Completed, "e")
            .Waiter("a").Hash("tombstones", TestJob.IdText("c"), "normal|default")
            .Hash("waiters", TestJob.IdText("d"), 1));

        var reply = await SendAsync(Store.Shard, All with { MaxCount = 0 });

        reply.Removed.Should().Be(2, "a wait that is over holds nothing");
        (await NamesAsync()).Should().BeEquivalentTo("a", "c");
        (await Store.LookAsync()).Keys.Select(static key => TestJob.Shorten(key.Name)).Should().Contain(["job:a", "job:c"]).And.NotContain(["job:d", "job:e"]);
    }

    [Theory]
    [InlineData("completed")]
    [InlineData("cancelled")]
    public async Task Trim_leaves_a_job_that_runs_under_an_id_that_may_come_again(string list)
    {
        var ids = list == "completed" ? (JobId[])[JobId.FromKey("order 1"), JobId.FromGuid(Guid.NewGuid())] : [JobId.FromKey("order 1"), TestJob.Id("a")];
        foreach (var id in ids)
        {
            await Store.Database.ListLeftPushAsync(Store.Key(list), string.Create(CultureInfo.InvariantCulture, $"{id}|{TestJob.LongAgo}|10"));
            await Store.Database.StringSetAsync(Store.Key("job:" + id), "10 letters");
            await Store.Database.HashSetAsync(Store.Key("running"), id.ToString(), "w|1|1");
        }

        (await SendAsync(Store.Shard, All with { Name = list, MaxCount = 0 })).Should().Be((0, false));

        (await NamesAsync(list)).Should().HaveCount(2);
        (await Store.LookAsync()).Keys.Select(static key => key.Name).Should().Contain(ids.Select(static id => "job:" + id));
    }

    [Fact]
    public async Task Trim_looks_further_when_some_of_those_beyond_the_count_stay()
    {
        await Store.SeedAsync(static seed => seed
            .Finished(TerminalStatus.Completed, "a").Finished(TerminalStatus.Completed, "b").Finished(TerminalStatus.Completed, "c")
            .Finished(TerminalStatus.Completed, "d").Finished(TerminalStatus.Completed, "e").Waiter("a").Waiter("c"));

        (await SendAsync(Store.Shard, All with { MaxCount = 3 })).Should().Be((2, false));

        (await NamesAsync()).Should().Equal("c", "a", "e");
    }

    [Fact]
    public async Task Trim_of_referenced_jobs_ends_and_reaches_those_behind_them()
    {
        var names = Enumerable.Range(0, 20).Select(static n => n.ToString("D4", null)).ToArray();
        await Store.SeedAsync(seed =>
        {
            Array.ForEach(names, name => seed.Finished(TerminalStatus.Completed, name).Waiter(name));
            seed.Finished(TerminalStatus.Completed, "free").Finished(TerminalStatus.Completed, "last").Waiter("last");
        });

        // Each step looks at 10: nothing to remove says that there is no more, and the next pass finds what is behind.
        (await SendAsync(Store.Shard, All with { MaxCount = 0 }, limit: 10)).Should().Be((0, false));
        (await SendAsync(Store.Shard, All with { MaxCount = 0 }, limit: 10)).Should().Be((0, false));
        (await SendAsync(Store.Shard, All with { MaxCount = 0 }, limit: 10)).Should().Be((1, true));
        (await SendAsync(Store.Shard, All with { MaxCount = 0 }, limit: 10)).Should().Be((0, false));

        (await NamesAsync()).Should().BeEquivalentTo([.. names, "last"]);
        (await StatAsync("completed_bytes")).Should().Be(names.Sum(static name => TestJob.Record(name, status: TerminalStatus.Completed).Length) + TestJob.Record("last", status: TerminalStatus.Completed).Length);
    }

    [Fact]
    public async Task Trim_drops_the_entry_and_not_the_job_that_was_enqueued_anew_under_its_id()
    {
        await Store.SeedAsync(static seed => seed.Finished(TerminalStatus.Cancelled, "a"));
        await Store.SeedAsync(static seed => seed.Pending("a"));

        (await SendAsync(Store.Shard, All with { Name = "cancelled", MaxCount = 0 })).Removed.Should().Be(0);

        Homes.EveryIdHasAHome(await Store.LookAsync());
        (await NamesAsync("cancelled")).Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Trim_drops_the_entry_and_not_the_job_of_a_key_that_came_again(bool isCounted)
    {
        foreach (var id in (JobId[])[JobId.FromKey("order 1"), JobId.FromGuid(Guid.NewGuid())])
        {
            await Store.Database.ListLeftPushAsync(Store.Key("completed"), string.Create(CultureInfo.InvariantCulture, $"{id}|{TestJob.LongAgo}|10"));
            await Store.Database.StringSetAsync(Store.Key("job:" + id), "the record of another job");
        }

        (await SendAsync(Store.Shard, isCounted ? All with { MaxCount = 0 } : All with { MaxAge = TimeSpan.FromDays(1) })).Removed.Should().Be(0);

        (await NamesAsync()).Should().BeEmpty();
        (await Store.LookAsync()).Keys.Should().Contain(key => key.Name == "job:" + JobId.FromKey("order 1"));
    }

    [Fact]
    public async Task Trim_drops_an_entry_that_is_not_one_and_mends_a_wrong_sum_when_the_list_is_empty()
    {
        await Store.SeedAsync(static seed => seed.Finished(TerminalStatus.Completed, "a").Hash("stats", "completed_bytes", 1_000_000));
        await Store.Database.ListRightPushAsync(Store.Key("completed"), "not an entry");

        (await SendAsync(Store.Shard, All with { MaxCount = 0 })).Should().Be((1, false));

        (await NamesAsync()).Should().BeEmpty();
        (await StatAsync("completed_bytes")).Should().Be(0);
    }

    private static Task<(int Removed, bool More)> SendAsync(RedisShard shard, FinishedList list, int limit = TrimScript.MaxLimit)
        => TrimScript.RunAsync(shard, list, limit, CancellationToken.None);

    private async Task<IEnumerable<string>> NamesAsync(string list = "completed")
        => (await Store.Database.ListRangeAsync(Store.Key(list))).Select(static entry => TestJob.Shorten(((string)entry!).Split('|')[0]));

    private async Task<long> StatAsync(string field)
        => long.Parse((string)await Store.Database.HashGetAsync(Store.Key("stats"), field), CultureInfo.InvariantCulture);

    private static TimeSpan Hours(int hours) => TimeSpan.FromHours(hours);
}
