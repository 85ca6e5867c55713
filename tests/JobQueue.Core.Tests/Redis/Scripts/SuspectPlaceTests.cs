using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>Whoever lets a suspect wait again puts it in the line of suspects of its queue; a job with fewer crashes keeps its line.</summary>
public sealed class SuspectPlaceTests(TestServer server) : StoreTest(server)
{
    private static readonly TimeSpan Past = TimeSpan.FromHours(-1);

    [Fact]
    public async Task Release_puts_a_suspect_back_among_the_suspects()
    {
        await Store.SeedAsync(static seed => Crashed(seed.Running("a", line: "high|mail").Running("b", line: "high|mail").Running("c", line: "high|mail")));

        await ReleaseScript.RunAsync(Store.Shard, [Back("a"), Back("b"), Back("c")], default);

        await StandsApartAsync();
    }

    [Fact]
    public async Task Release_with_a_delay_and_promote_bring_a_suspect_back_among_the_suspects()
    {
        await Store.SeedAsync(static seed => Crashed(seed.Running("a", line: "high|mail").Retrying("b", Past, "high|mail").Scheduled("c", Past, "high|mail")));
        await ReleaseScript.RunAsync(Store.Shard, [Back("a") with { DelayMs = 1 }], default);

        await Eventually.HoldsAsync(
            async () =>
            {
                await PromoteScript.RunAsync(Store.Shard, 500, default);
                return !await Store.Database.KeyExistsAsync(Store.Key("scheduled"));
            },
            "what was released with a delay becomes due");

        await StandsApartAsync();
    }

    [Fact]
    public async Task Reconcile_hands_a_suspect_back_among_the_suspects()
    {
        await Store.SeedAsync(static seed => Crashed(seed.Running("a", line: "high|mail").Running("b", line: "high|mail").Running("c", line: "high|mail")));

        await ReconcileScript.RunAsync(Store.Shard, "w", 0, 1, "0", 1000, default);

        await StandsApartAsync();
    }

    [Fact]
    public async Task Recover_hands_a_suspect_back_among_the_suspects_whose_worker_left()
    {
        await Store.SeedAsync(static seed => Crashed(seed.Running("a", line: "high|mail").Running("b", line: "high|mail").Running("c", line: "high|mail")));

        await RecoverScript.RunAsync(Store.Shard, TimeSpan.FromHours(1), TimeSpan.FromHours(1), new(3, TimeSpan.FromHours(24)), "0", 1000, default);

        await StandsApartAsync();
    }

    /// <summary><c>a</c> is a suspect, <c>b</c> has crashed once, <c>c</c> never.</summary>
    private static StoreSeed Crashed(StoreSeed seed) => seed
        .Hash("crashes", TestJob.IdText("a"), $"2|{TestJob.LongAgo}|suspect").Hash("crashes", TestJob.IdText("b"), $"1|{TestJob.LongAgo}");

    private static ReleaseItem Back(string name) => new(TestJob.IdText(name), TestJob.Token("w"), "high|mail", 0);

    private async Task StandsApartAsync()
    {
        var keyspace = await Store.LookAsync();
        keyspace.Find("queue:mail:suspect")!.Items.Should().Equal(TestJob.IdText("a"));
        keyspace.Find("queue:mail:high")!.Items.Should().BeEquivalentTo(TestJob.IdText("b"), TestJob.IdText("c"));
        keyspace.Find("ready")!.Items.Should().Equal("high|mail", "suspect|mail");
        keyspace.Find("crashes")!.Items.Should().HaveCount(2, "only an ending forgets crashes");
        Homes.EveryIdHasAHome(keyspace);
    }
}
