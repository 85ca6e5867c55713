using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Chaos.Tests.FailOvers;

/// <summary>A master with two replicas, watched by three sentinels: it is killed, or stops and goes on when another has taken its place.</summary>
public sealed class SentinelTests(AuditServer auditServer, ITestOutputHelper output) : FailOverScenario(auditServer, output)
{
    private const int Replicas = 2;

    /// <summary>The old master comes back when the other replica follows the new one: until then it could acknowledge with that.</summary>
    [Fact]
    public Task When_masters_are_replaced_no_job_that_one_replica_acknowledged_is_lost() => ReplaceAsync(replicas: 1, static servers => FollowAsync(servers, Replicas - 1));

    /// <summary>The old master comes back as soon as another says that it is the master.</summary>
    [Fact]
    public Task When_masters_come_back_at_once_no_job_that_all_replicas_acknowledged_is_lost() => ReplaceAsync(Replicas, static _ => Task.CompletedTask);

    private async Task ReplaceAsync(int replicas, Func<RedisReplicas, Task> isSafe)
    {
        await NeedsReplicasAsync();
        await using var servers = await RedisReplicas.StartAsync(Replicas);
        await servers.StartSentinelsAsync(DownAfter);
        await FlowAsync(servers.ConnectionString, replicas);

        for (var round = 0; round < Form.Of(2, 8); round++)
        {
            var master = await MasterAsync(servers);
            if (round % 2 == 0)
            {
                await BreakAsync("the master is killed, and comes back empty, as a master, when another has taken its place", async () =>
                {
                    master.Kill();
                    await MasterAsync(servers);
                }, async () =>
                {
                    await isSafe(servers);
                    await master.RestartAsync();
                });
            }
            else
            {
                await BreakAsync("the master stops, and goes on as a master when another has taken its place", async () =>
                {
                    master.Freeze();
                    await MasterAsync(servers);
                }, async () =>
                {
                    await isSafe(servers);
                    master.Thaw();
                });
            }

            await FollowAsync(servers, Replicas);
        }

        await EndAsync();
    }

    private static async Task<RedisNode> MasterAsync(RedisReplicas servers)
    {
        RedisNode? master = null;
        await Condition.HoldsAsync(async () => (master = await servers.FindMasterAsync()) is not null, "there is one master");
        return master!;
    }

    /// <summary>The sentinels have made so many servers replicas of the new master.</summary>
    private static Task FollowAsync(RedisReplicas servers, int replicas) => Condition.HoldsAsync(
        () => servers.HasFollowersAsync(replicas), "the others follow the new master");
}
