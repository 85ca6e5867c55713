using System.Globalization;
using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Chaos.Tests.FailOvers;

/// <summary>Three masters with a replica each: one that has a shard of the store is killed, stops, is split from the others, or gives the shard's slot to another.</summary>
public sealed class ClusterTests(AuditServer auditServer, ITestOutputHelper output) : FailOverScenario(auditServer, output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public async Task When_masters_are_killed_no_acknowledged_job_is_lost(int shards)
    {
        await using var cluster = await BeginAsync(shards);
        for (var round = 0; round < Form.Of(2, 8); round++)
        {
            var shard = Random.Next(shards);
            var master = await MasterAsync(cluster, shard);
            var broken = await FindShardsAsync(cluster, master, shards);
            await BreakAsync("the master is killed, and comes back empty when its replica has taken its place", async () =>
            {
                master.Kill();
                await MasterAsync(cluster, shard);
            }, master.RestartAsync, broken);
            await HasReplicaAsync(cluster, shard);
        }

        await EndAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public async Task When_a_master_is_cut_off_and_comes_back_no_acknowledged_job_is_lost(int shards)
    {
        await using var cluster = await BeginAsync(shards);
        for (var round = 0; round < Form.Of(2, 8); round++)
        {
            var shard = Random.Next(shards);
            var master = await MasterAsync(cluster, shard);
            var broken = await FindShardsAsync(cluster, master, shards);
            await BreakAsync("the master stops, and goes on when its replica has taken its place", async () =>
            {
                master.Freeze();
                await MasterAsync(cluster, shard);
            }, () =>
            {
                master.Thaw();
                return Task.CompletedTask;
            }, broken);
            await HasReplicaAsync(cluster, shard);
        }

        await EndAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public async Task When_a_master_is_split_from_the_other_nodes_no_acknowledged_job_is_lost(int shards)
    {
        await using var cluster = await BeginAsync(shards, canSplit: true);
        for (var round = 0; round < Form.Of(2, 8); round++)
        {
            var shard = Random.Next(shards);
            var master = await MasterAsync(cluster, shard);
            var broken = await FindShardsAsync(cluster, master, shards);
            await BreakAsync("the master reaches no other node, its clients reach it, and another takes its place", async () =>
            {
                await cluster.IsolateAsync(master);
                await Condition.HoldsAsync(async () => await cluster.FindMasterAsync(RootOf(shard)) is { } found && found != master, "another node has the slot");
            }, () =>
            {
                cluster.Heal();
                return Task.CompletedTask;
            }, broken);
            await HasReplicaAsync(cluster, shard);
        }

        await EndAsync();
    }

    [Fact]
    public async Task When_the_slot_moves_under_load_no_acknowledged_job_is_lost()
    {
        await using var cluster = await BeginAsync(shards: 3);
        for (var round = 0; round < Form.Of(2, 8); round++)
        {
            var shard = Random.Next(3);
            var from = await MasterAsync(cluster, shard);
            var masters = await cluster.FindMastersAsync();
            var to = masters.Where(node => node != from).ElementAt(Random.Next(masters.Count - 1));
            await BreakAsync("the slot moves", () => cluster.MoveSlotAsync(RootOf(shard), from, to), broken: [shard]);
            await HasReplicaAsync(cluster, shard);
        }

        await EndAsync();
    }

    private async Task<RedisCluster> BeginAsync(int shards, bool canSplit = false)
    {
        await NeedsReplicasAsync();
        string[] configuration =
        [
            string.Create(CultureInfo.InvariantCulture, $"cluster-node-timeout {DownAfter.TotalMilliseconds:0}"),
            "cluster-require-full-coverage " + (shards == 1 ? "yes" : "no"), // So that the masters that are left go on.
        ];
        var cluster = await (canSplit ? RedisCluster.StartSplittableAsync(configuration) : RedisCluster.StartAsync(configuration));
        try
        {
            await FlowAsync(cluster.ConnectionString, shards: shards);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until one of the nodes that run has the shard's slot and serves it.</summary>
    private async Task<RedisNode> MasterAsync(RedisCluster cluster, int shard)
    {
        RedisNode? master = null;
        await Condition.HoldsAsync(async () => (master = await cluster.FindMasterAsync(RootOf(shard))) is not null, "a node has the slot");
        return master!;
    }

    /// <summary>The shards that a master has.</summary>
    private async Task<IReadOnlyCollection<int>> FindShardsAsync(RedisCluster cluster, RedisNode master, int shards)
    {
        var found = new List<int>();
        for (var shard = 0; shard < shards; shard++)
        {
            if (await MasterAsync(cluster, shard) == master)
            {
                found.Add(shard);
            }
        }

        return found;
    }

    private Task HasReplicaAsync(RedisCluster cluster, int shard) => Condition.HoldsAsync(
        async () => await cluster.FindMasterAsync(RootOf(shard)) is { } master && (await master.SendAsync("INFO", "replication")).Contains("state=online", StringComparison.Ordinal),
        "the master has a replica");
}
