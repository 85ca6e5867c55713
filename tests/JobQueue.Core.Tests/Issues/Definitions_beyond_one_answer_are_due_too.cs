using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// Where more than a megabyte of definitions was due, the answer left some out and named the next time that had not come: the loop slept until
/// then, or for a second, before it fired the rest.
/// </summary>
public sealed class Definitions_beyond_one_answer_are_due_too(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task The_answer_names_the_time_of_the_first_that_it_leaves_out()
    {
        var definition = new string('x', 600 * 1024);
        foreach (var number in Enumerable.Range(1, 3))
        {
            await Store.Database.HashSetAsync(Store.Key("recurring"), $"r{number}", definition);
            await Store.Database.SortedSetAddAsync(Store.Key("recurring:due"), $"r{number}", number);
        }

        await Store.Database.SortedSetAddAsync(Store.Key("recurring:due"), "later", await Store.NowAsync() + 3_600_000);

        var (_, next, due) = await DueRecurringScript.RunAsync(Store.Shard, "", 0, TestContext.Current.CancellationToken);

        due.Select(static row => row.Name).Should().Equal("r1", "r2");
        next.Should().Be(3);
    }
}
