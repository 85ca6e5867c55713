using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class ListDeadScriptTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task List_dead_answers_the_newest_first_with_their_records()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", Hours(3)).Dead("b", Hours(1)).Dead("c", Hours(2)));

        DeadPage page = default;
        var changes = await Store.ChangesOfAsync(async () => page = await SendAsync(10));

        changes.Should().BeEmpty();
        page.Total.Should().Be(3);
        Names(page.Entries).Should().Equal("b", "c", "a");
        page.Entries[0].Record.Should().Equal(TestJob.Record("b", status: TerminalStatus.Failed));
    }

    [Fact]
    public async Task List_dead_pages_by_the_last_entry()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", Hours(5)).Dead("b", Hours(4)).Dead("c", Hours(3)).Dead("d", Hours(2)).Dead("e", Hours(1)));

        Names(await WalkAsync(static _ => Task.CompletedTask)).Should().Equal("e", "d", "c", "b", "a");
    }

    [Fact]
    public async Task List_dead_pages_through_jobs_that_died_in_the_same_moment()
    {
        await Store.SeedAsync(static seed => seed.Dead("a").Dead("b").Dead("c").Dead("d").Dead("e"));

        Names(await WalkAsync(static _ => Task.CompletedTask)).Should().Equal("e", "d", "c", "b", "a");
    }

    [Fact]
    public async Task List_dead_goes_on_where_a_removed_entry_was()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", Hours(5)).Dead("b", Hours(4)).Dead("c", Hours(3)).Dead("d", Hours(2)).Dead("e", Hours(1)));

        var entries = await WalkAsync(last => Store.Database.SortedSetRemoveAsync(Store.Key("dead"), last.Id));

        Names(entries).Should().Equal("e", "d", "c", "b", "a");
    }

    [Fact]
    public async Task List_dead_answers_a_record_that_is_gone_or_of_another_type_as_empty()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", Hours(3)).Dead("b", Hours(2)).Dead("c", Hours(1)));
        await Store.Database.KeyDeleteAsync([Store.Key("job:" + TestJob.IdText("a")), Store.Key("job:" + TestJob.IdText("b"))]);
        await Store.SeedAsync(static seed => seed.Hash("job:" + TestJob.IdText("b"), "f", "v"));

        var entries = (await SendAsync(10)).Entries;

        entries.Select(static entry => entry.Record.Length == 0).Should().Equal(false, true, true);
    }

    [Fact]
    public async Task List_dead_does_not_begin_again_when_the_last_entry_has_died_anew()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", Hours(5)).Dead("b", Hours(5)).Dead("c", Hours(5)).Dead("d", Hours(5)).Dead("e", Hours(5)));

        var entries = await WalkAsync(last => Store.Database.SortedSetAddAsync(Store.Key("dead"), last.Id, last.DiedAt + 1));

        Names(entries).Should().Equal("e", "d", "c", "b", "a");
    }

    [Fact]
    public async Task List_dead_lists_the_oldest_first_up_to_a_time()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", Hours(4)).Dead("b", Hours(4)).Dead("c", Hours(3)).Dead("d", Hours(1)));
        var until = await Store.NowAsync() - (long)Hours(2).TotalMilliseconds;

        Names(await WalkAsync(static _ => Task.CompletedTask, new DeadQuery(2, OldestFirst: true, Until: until))).Should().Equal("a", "b", "c");
        Names((await SendAsync(new DeadQuery(10, Until: until))).Entries).Should().Equal("c", "b", "a");
    }

    [Fact]
    public async Task List_dead_goes_on_behind_removed_entries_of_one_time_oldest_first()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", Hours(5)).Dead("b", Hours(5)).Dead("c", Hours(5)).Dead("d", Hours(5)).Dead("e", Hours(5)));

        var entries = await WalkAsync(last => Store.Database.SortedSetRemoveAsync(Store.Key("dead"), last.Id), new DeadQuery(2, OldestFirst: true));

        Names(entries).Should().Equal("a", "b", "c", "d", "e");
    }

    [Fact]
    public async Task List_dead_lists_one_group_without_ids_that_are_not_dead_any_more()
    {
        const string Mail = "00000000000000aa";
        await Store.SeedAsync(static seed => seed
            .Dead("a", Hours(3), fingerprint: Mail).Dead("b", Hours(2), fingerprint: Mail).Dead("c", Hours(1), fingerprint: Mail).Dead("d"));
        await Store.Database.SortedSetRemoveAsync(Store.Key("dead"), TestJob.IdText("b"));

        Names((await SendAsync(new DeadQuery(10, Mail))).Entries).Should().Equal("c", "a");
        Names(await WalkAsync(static _ => Task.CompletedTask, new DeadQuery(1, Mail))).Should().Equal("c", "a");
        (await SendAsync(new DeadQuery(10, "00000000000000bb"))).Should().BeEquivalentTo(new { Total = 0L, Next = (DeadPosition?)null, Entries = Array.Empty<DeadEntry>() });
    }

    [Fact]
    public async Task List_dead_ends_a_page_before_it_is_too_large_and_answers_one_large_record_all_the_same()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", Hours(3)).Dead("b", Hours(2)).Dead("c", Hours(1)));
        await Store.SeedAsync(static seed => seed
            .Text("job:" + TestJob.IdText("a"), new byte[600_000]).Text("job:" + TestJob.IdText("b"), new byte[600_000]).Text("job:" + TestJob.IdText("c"), new byte[1_100_000]));

        var first = await SendAsync(10);
        var second = await SendAsync(new DeadQuery(10, After: first.Next));
        var third = await SendAsync(new DeadQuery(10, After: second.Next));

        Names(first.Entries).Should().Equal("c");
        Names(second.Entries).Should().Equal("b");
        Names(third.Entries).Should().Equal("a");
        third.Next.Should().BeNull();
    }

    [Fact]
    public async Task List_dead_answers_the_servers_time()
        => (await SendAsync(10)).Now.Should().BeCloseTo(await Store.NowAsync(), 60_000);

    private async Task<List<DeadEntry>> WalkAsync(Func<DeadEntry, Task> betweenPages, DeadQuery? query = null)
    {
        var next = query ?? new DeadQuery(2);
        var entries = new List<DeadEntry>();
        while (true)
        {
            var page = await SendAsync(next);
            entries.AddRange(page.Entries);
            if (page.Next is null)
            {
                return entries;
            }

            if (page.Entries.Length > 0)
            {
                await betweenPages(page.Entries[^1]);
            }

            next = next with { After = page.Next };
        }
    }

    private Task<DeadPage> SendAsync(int limit) => SendAsync(new DeadQuery(limit));

    private Task<DeadPage> SendAsync(DeadQuery query) => ListDeadScript.RunAsync(Store.Shard, query, CancellationToken.None);

    private static TimeSpan Hours(int hours) => TimeSpan.FromHours(hours);

    private static IEnumerable<string> Names(IEnumerable<DeadEntry> entries) => entries.Select(static entry => TestJob.Shorten(entry.Id));
}
