using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class ListDeadScriptTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task List_dead_answers_the_newest_first_with_their_records()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", Hours(3)).Dead("b", Hours(1)).Dead("c", Hours(2)));

        (long Total, DeadEntry[] Entries) page = (0, []);
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

        var (_, entries) = await SendAsync(10);

        entries.Select(static entry => entry.Record.Length == 0).Should().Equal(false, true, true);
    }

    private async Task<List<DeadEntry>> WalkAsync(Func<DeadEntry, Task> betweenPages)
    {
        var entries = new List<DeadEntry>();
        while (true)
        {
            DeadEntry? last = entries.Count == 0 ? null : entries[^1];
            var (_, page) = await SendAsync(2, last);
            if (page.Length == 0)
            {
                return entries;
            }

            entries.AddRange(page);
            await betweenPages(page[^1]);
        }
    }

    private Task<(long Total, DeadEntry[] Entries)> SendAsync(int limit, DeadEntry? last = null)
        => ListDeadScript.RunAsync(Store.Shard, limit, last?.DiedAt, last?.Id, CancellationToken.None);

    private static TimeSpan Hours(int hours) => TimeSpan.FromHours(hours);

    private static IEnumerable<string> Names(IEnumerable<DeadEntry> entries) => entries.Select(static entry => TestJob.Shorten(entry.Id));
}
