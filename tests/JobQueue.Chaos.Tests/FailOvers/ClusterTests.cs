using System.Globalization;
using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Chaos.Tests.FailOvers;

/// <summary>Three masters with a replica each: the one that has the store is killed, is cut off, or gives the store's slot to another.</summary>
public sealed class ClusterTests(AuditServer auditServer, ITestOutputHelper output) : FailOverScenario(auditServer, output)
{
    [Fact]
    public async Task When_masters_are_killed_no_acknowledged_job_is_lost()
    {
        await using var cluster = await BeginAsync();
        for (var round = 0; round < Form.Of(2, 8); round++)
        {
            var master = await MasterAsync(cluster);
            await BreakAsync("the master is killed, and comes back empty when its replica has taken its place", async () =>
            {
                master.Kill();
                await MasterAsync(cluster);
            }, master.RestartAsync);
            await HasReplicaAsync(cluster);
        }

        await EndAsync();
    }

    [Fact]
    public async Task When_a_master_is_cut_off_and_comes_back_no_acknowledged_job_is_lost()
    {
        await using var cluster = await BeginAsync();
        for (var round = 0; round < Form.Of(2, 8); round++)
        {
            var master = await MasterAsync(cluster);
            await BreakAsync("the master stops, and goes on when its replica has taken its place", async () =>
            {
                master.Freeze();
                await MasterAsync(cluster);
            }, () =>
            {
                master.Thaw();
                return Task.CompletedTask;
            });
            await HasReplicaAsync(cluster);
        }

        await EndAsync();
    }

    [Fact]
    public async Task When_the_slot_moves_under_load_no_acknowledged_job_is_lost()
    {
        await using var cluster = await BeginAsync();
        for (var round = 0; round < Form.Of(2, 8); round++)
        {
            var from = await MasterAsync(cluster);
            var masters = await cluster.FindMastersAsync();
            var to = masters.Where(node => node != from).ElementAt(Random.Next(masters.Count - 1));
            await BreakAsync("the slot moves", () => cluster.MoveSlotAsync(Root, from, to));
            await HasReplicaAsync(cluster);
        }

        await EndAsync();
    }

    private async Task<RedisCluster> BeginAsync()
    {
        await NeedsReplicasAsync();
        var cluster = await RedisCluster.StartAsync(string.Create(CultureInfo.InvariantCulture, $"cluster-node-timeout {DownAfter.TotalMilliseconds:0}"));
        try
        {
            await FlowAsync(cluster.ConnectionString);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until one of the nodes that run has the store's slot and serves it.</summary>
    private async Task<RedisNode> MasterAsync(RedisCluster cluster)
    {
        RedisNode? master = null;
        await Condition.HoldsAsync(async () => (master = await cluster.FindMasterAsync(Root)) is not null, "a node has the slot");
        return master!;
    }

    private Task HasReplicaAsync(RedisCluster cluster) => Condition.HoldsAsync(
        async () => await cluster.FindMasterAsync(Root) is { } master && (await master.SendAsync("INFO", "replication")).Contains("state=online", StringComparison.Ordinal),
        "the master has a replica");
}
