using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class ReadScriptTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Read_finds_each_job_where_its_id_is()
    {
        await Store.SeedAsync(static seed => seed
            .Pending("a").Scheduled("b", TimeSpan.FromHours(1), "high|mail").Retrying("c", TimeSpan.FromHours(2))
            .Running("d", "w", 3).Dead("e", TimeSpan.FromHours(4)).Completed("f"));
        var now = await Store.NowAsync();

        var places = await SendAsync("a", "b", "c", "d", "e", "f", "x");

        places.Select(static place => place?.Record).Should().BeEquivalentTo(
            [
                TestJob.Record("a"), TestJob.Record("b", "high|mail"), TestJob.Record("c"), TestJob.Record("d"),
                TestJob.Record("e", status: TerminalStatus.Failed), TestJob.Record("f", status: TerminalStatus.Completed), null,
            ],
            static options => options.WithStrictOrdering());
        places.Select(place => Hours(place?.ScheduledAt, now)).Should().Equal(null, 1, null, null, null, null, null);
        places.Select(place => Hours(place?.RetryAt, now)).Should().Equal(null, null, 2, null, null, null, null);
        places.Select(static place => place?.Token).Should().Equal(null, null, null, TestJob.Token("w", 3), null, null, null);
        places.Select(place => Hours(place?.DiedAt, now)).Should().Equal(null, null, null, null, -4, null, null);
    }

    [Fact]
    public async Task Read_answers_the_progress_of_a_job_that_runs()
    {
        await Store.SeedAsync(static seed => seed
            .Running("a").Pending("b").Running("c")
            .Hash("progress", TestJob.IdText("a"), "{}").Hash("progress", TestJob.IdText("b"), "{}"));

        var places = await SendAsync("a", "b", "c");

        places.Select(static place => Encoding.UTF8.GetString(place!.Value.Progress ?? [])).Should().Equal("{}", "", "");
    }

    [Fact]
    public async Task Read_takes_progress_of_another_type_for_none()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Text("progress", "wrong type"));

        (await SendAsync("a")).Should().ContainSingle().Which!.Value.Progress.Should().BeNullOrEmpty();
    }

    [Fact]
    public async Task Read_changes_nothing()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Running("b").Dead("c"));

        (await Store.ChangesOfAsync(() => SendAsync("a", "b", "c", "x"))).Should().BeEmpty();
    }

    [Fact]
    public async Task Read_takes_a_record_of_another_type_for_none_and_goes_on()
    {
        await Store.SeedAsync(static seed => seed.Hash("job:" + TestJob.IdText("a"), "f", "v").Pending("b"));

        var places = await SendAsync("a", "b");

        places[0].Should().BeNull();
        places[1]!.Value.Record.Should().Equal(TestJob.Record("b"));
    }

    [Fact]
    public async Task Read_answers_the_servers_time_also_for_an_unknown_job()
    {
        var before = await Store.NowAsync();

        var (now, place) = await ReadScript.RunAsync(Store.Shard, TestJob.Id("x"), CancellationToken.None);

        place.Should().BeNull();
        now.Should().BeInRange(before, await Store.NowAsync());
    }

    private Task<JobPlace?[]> SendAsync(params string[] names) => ReadScript.RunAsync(Store.Shard, [.. names.Select(TestJob.Id)], CancellationToken.None);

    private static double? Hours(long? time, long now) => time is { } ms ? Math.Round((ms - now) / 3_600_000.0) : null;
}
