using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// A requeue that stops half way leaves the job in its list, with its new record, and its old entry among the dead letters. Retention
/// and a clearing of the dead letters found that entry and removed the record: the job was lost.
/// </summary>
public sealed class A_job_that_waits_again_is_not_removed_with_the_dead_letters(TestServer server) : StoreTest(server)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static TheoryData<string, int> Scripts => new() { { "trim_dead", 1 }, { "clear_dead", 1 } };

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task It_loses_the_entry_and_nothing_else(string script, int dead)
    {
        await Store.SeedAsync(static seed => seed.Pending("x").SortedSet("dead", TestJob.IdText("x"), -Day).Dead("y", Day).Traces("x"));

        await RemoveAsync(script);

        var after = await Store.LookAsync();
        after.Find("dead").Should().BeNull("both entries are gone");
        after.Find("queue:default:normal")!.Items.Should().Equal(TestJob.IdText("x"));
        after.Find("job:" + TestJob.IdText("x")).Should().NotBeNull("it is to run");
        after.Find("job:" + TestJob.IdText("y")).Should().BeNull("it was a dead letter");
        after.Find("crashes")!.Items.Should().ContainSingle().Which.Should().StartWith(TestJob.IdText("x"));
        var removed = script == "trim_dead" ? "expired" : "deleted";
        ((int)await Store.Database.HashGetAsync(Store.Key("stats"), removed)).Should().Be(dead, "it is not counted");
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_dead_letter_that_cant_be_read_is_removed(string script, int dead)
    {
        await Store.SeedAsync(static seed => seed.Dead("x", Day).Text("job:" + TestJob.IdText("x"), "{\"v\":1,"));

        await RemoveAsync(script);

        (await Store.LookAsync()).Keys.Select(static key => key.Name).Should().NotContain(["dead", "job:" + TestJob.IdText("x")]);
        ((int)await Store.Database.HashGetAsync(Store.Key("stats"), script == "trim_dead" ? "expired" : "deleted")).Should().Be(dead);
    }

    private Task RemoveAsync(string script) => script == "trim_dead"
        ? TrimDeadScript.RunAsync(Store.Shard, maxCount: 0, Day * 30, limit: 100, offset: 0, TestContext.Current.CancellationToken)
        : ClearDeadScript.RunAsync(Store.Shard, fingerprint: null, until: null, TestContext.Current.CancellationToken);
}
