using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// The index of lists that hold jobs had an entry that somebody else had written. A fetch passed it over, but the counts of the whole store could
/// no longer be read: the script took the entry apart before it looked at it.
/// </summary>
public sealed class Counts_pass_over_an_entry_that_is_no_line(TestServer server) : StoreTest(server)
{
    [Theory]
    [InlineData("junk")]
    [InlineData("")]
    [InlineData("|")]
    [InlineData("9|default")]
    public async Task The_jobs_beside_it_are_counted(string entry)
    {
        await Store.SeedAsync(static seed => seed.Pending("a", "b").PendingIn("high|mail", "c"));
        await Store.Database.SetAddAsync(Store.Key("ready"), entry);

        (await CountsScript.RunAsync(Store.Shard, TestContext.Current.CancellationToken)).Pending.Should().Be(3);
    }

    [Fact]
    public async Task A_number_of_removed_jobs_that_is_none_is_passed_over_too()
    {
        await Store.SeedAsync(static seed => seed.Pending("a", "b").Hash("tombstones:count", TestJob.DefaultLine, "many"));

        (await CountsScript.RunAsync(Store.Shard, TestContext.Current.CancellationToken)).Pending.Should().Be(2);
    }
}
