using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class LeasedScriptTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Leased_names_what_stands_under_the_workers_own_name()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "w", 1).Running("b", "w", 2).Running("c", "w-2").Running("d", "x|w").Pending("e"));

        (await PassAsync(count: 1000)).Should().BeEquivalentTo(
            [new HeldLease(TestJob.IdText("a"), TestJob.Token("w", 1), 0), new HeldLease(TestJob.IdText("b"), TestJob.Token("w", 2), 0)]);
    }

    [Fact]
    public async Task Leased_pages_through_many()
    {
        await Store.SeedAsync(static seed =>
        {
            for (var number = 0; number < 600; number++)
            {
                seed.Running($"{number:0000}");
            }
        });

        (await PassAsync(count: 50)).Should().HaveCount(600).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Leased_changes_nothing()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Running("a"));

        (await Store.ChangesOfAsync(() => PassAsync(count: 1000))).Should().BeEmpty();
    }

    private async Task<List<HeldLease>> PassAsync(int count)
    {
        var (cursor, leases) = ("0", new List<HeldLease>());
        do
        {
            var reply = await LeasedScript.RunAsync(Store.Shard, "w", cursor, count, CancellationToken.None);
            cursor = reply.Cursor;
            leases.AddRange(reply.Leases);
        }
        while (cursor != "0");

        return leases;
    }
}
