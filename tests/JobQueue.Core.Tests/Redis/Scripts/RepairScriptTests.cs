using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>A finished job that is in its list, leased, scheduled and waiting.</summary>
public sealed class RepairJobScriptTests(TestServer server) : ScriptTest(server)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private protected override string ScriptName => "repair_job";

    private protected override void Seed(StoreSeed seed) => seed
        .Running("a", "w").Worker("w").Listed(TestJob.DefaultLine, "a").SortedSet("scheduled", $"{TestJob.DefaultLine}|{TestJob.IdText("a")}", Hour)
        .Text("job:" + TestJob.IdText("a"), TestJob.Record("a", status: TerminalStatus.Completed))
        .Pending("b").Completed("c").Hash("stats", "completed_bytes", 5);

    private protected override Task CallAsync(RedisShard shard)
        => RepairJobScript.RunAsync(shard, new Suspect(TestJob.Id("a"), "queue:default:normal", TestJob.IdText("a"), InTwoPlaces: true), CancellationToken.None);

    [Fact]
    public async Task Repair_of_a_job_that_is_in_order_writes_nothing()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Running("b").Worker("w").Completed("c").Dead("d").Scheduled("e", Hour));

        var changes = await Store.ChangesOfAsync(async () =>
        {
            foreach (var name in Enumerable.Range(0, 6).Select(static at => "abcdef"[at..(at + 1)]))
            {
                (await RepairJobScript.RunAsync(Store.Shard, new Suspect(TestJob.Id(name), "", "", InTwoPlaces: false), CancellationToken.None)).Should().BeEmpty(name);
            }
        });

        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Repair_wakes_a_worker_for_a_job_that_waits_again()
    {
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("a"), TestJob.Record("a", "high|mail")).SortedSet("idle", "w", Hour));

        var changes = await Store.ChangesOfAsync(() => RepairJobScript.RunAsync(Store.Shard, new Suspect(TestJob.Id("a"), "", "", InTwoPlaces: false), CancellationToken.None));

        changes.Should().Equal("idle gone", "queue:mail:high list: a", "queues set: mail", "ready set: high|mail");
    }
}

/// <summary>An entry that is no id.</summary>
public sealed class RepairEntryScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "repair_entry";

    private protected override void Seed(StoreSeed seed) => seed.Pending("a").Hash("running", "4711", "w|1|1").Running("b");

    private protected override Task CallAsync(RedisShard shard) => RepairEntryScript.RunAsync(shard, "running", "4711", CancellationToken.None);
}

/// <summary>Numbers that are all wrong.</summary>
public sealed class RepairIndexScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "repair_index";

    private protected override void Seed(StoreSeed seed) => seed
        .Pending("a", "t").Tombstone("t").PendingIn("high|mail", "b").Completed("c").Cancelled("d")
        .Hash("tombstones:count", TestJob.DefaultLine, 7).Hash("tombstones:count", "low|mail", 2)
        .Hash("stats", "completed_bytes", 1).Hash("stats", "cancelled_bytes", 1);

    private protected override Task CallAsync(RedisShard shard) => RepairIndexScript.RunAsync(shard, "high|mail", CancellationToken.None);
}

/// <summary>A group that lacks one of its members and its description, and has one that is not dead.</summary>
public sealed class RepairGroupScriptTests(TestServer server) : ScriptTest(server)
{
    private const string Fingerprint = "0123456789abcdef";

    private protected override string ScriptName => "repair_group";

    private protected override void Seed(StoreSeed seed) => seed.Pending("a").Dead("b").SortedSet("dead:" + Fingerprint, TestJob.IdText("a"), default)
        .SortedSet("dead:" + Fingerprint, TestJob.IdText("b"), default);

    private protected override Task CallAsync(RedisShard shard)
        => RepairGroupScript.RunAsync(shard, Fingerprint, "{}"u8.ToArray(), TestJob.IdText("a"), CancellationToken.None);
}
