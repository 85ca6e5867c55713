using System.Text.RegularExpressions;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>The end of a master under a running host: its replica takes over, and the host goes on by itself with what that has.</summary>
public sealed partial class ClusterFailOverTests
{
    private const int Jobs = 100;

    [Fact]
    public async Task A_host_goes_on_with_the_replica_of_a_killed_master_and_loses_nothing_that_was_replicated()
    {
        await using var cluster = await RedisCluster.StartAsync("cluster-node-timeout 2000");
        var prefix = TestServer.NewPrefix();
        using var host = TestHost.Build(
            cluster.ConnectionString, static jobs => jobs.AddJobHandler<int>("work", static (_, _, _) => Task.CompletedTask), o => o.KeyPrefix = prefix);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var (queue, monitor) = (host.Services.GetRequiredService<IJobQueue>(), host.Services.GetRequiredService<IJobMonitor>());
        await monitor.PauseAsync("default", TestContext.Current.CancellationToken);
        await queue.EnqueueManyAsync([.. Enumerable.Range(0, Jobs).Select(static number => new JobRequest("work", number))]);
        var master = await MasterOfAsync(cluster, prefix);
        await Eventually.HoldsAsync(async () => HasReplicated(await master.SendAsync("INFO", "replication")), "the replica has all");

        master.Kill();

        await Eventually.HoldsAsync(() => DoesAsync(() => monitor.ResumeAsync("default", TestContext.Current.CancellationToken)), "the replica takes calls");
        await Eventually.HoldsAsync(async () => await monitor.GetCountsAsync() is { Completed: Jobs, Pending: 0, Running: 0 }, "each job has completed");
        await queue.EnqueueAsync("work", Jobs);
        await Eventually.HoldsAsync(async () => await monitor.GetCountsAsync() is { Completed: Jobs + 1 }, "the worker takes new jobs");
        (await monitor.VerifyAsync()).Violations.Should().BeEmpty();
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_enqueue_that_waits_for_a_replica_goes_to_the_new_master_before_the_client_has_looked_who_that_is()
    {
        await using var cluster = await RedisCluster.StartAsync("cluster-node-timeout 2000");
        var prefix = TestServer.NewPrefix();
        using var host = TestHost.Build(
            cluster.ConnectionString + ",configCheckSeconds=3600",
            static jobs => jobs.AddJobHandler<int>("work", static (_, _, _) => Task.CompletedTask),
            o => (o.KeyPrefix, o.RunWorkers, o.ReplicasToAcknowledge) = (prefix, false, 1));
        await host.StartAsync(TestContext.Current.CancellationToken);
        var queue = host.Services.GetRequiredService<IJobQueue>();
        await queue.EnqueueAsync("work", 1, cancellationToken: TestContext.Current.CancellationToken);
        var master = await MasterOfAsync(cluster, prefix);

        master.Kill();

        await Eventually.HoldsAsync(async () => await ErrorOfAsync(queue) == "JQ1116", "the new master has it, and no replica");
        await master.RestartAsync();
        await Eventually.HoldsAsync(async () => await ErrorOfAsync(queue) is null, "the old master is its replica");
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string?> ErrorOfAsync(IJobQueue queue)
    {
        try
        {
            await queue.EnqueueAsync("work", 2, cancellationToken: TestContext.Current.CancellationToken);
            return null;
        }
        catch (JobQueueException e)
        {
            return e.ErrorId;
        }
    }

    /// <summary>Asks the nodes themselves: a client that has just connected may know none of them yet.</summary>
    private static async Task<RedisNode> MasterOfAsync(RedisCluster cluster, string prefix)
    {
        RedisNode? master = null;
        var root = new RedisKeys(prefix, database: 0, shard: 0).Root.ToString();
        await Eventually.HoldsAsync(async () => (master = await cluster.FindMasterAsync(root)) is not null, "one node is the master of the store");
        return master!;
    }

    private static bool HasReplicated(string replication)
        => Offset().Matches(replication).Select(static match => match.Groups["offset"].Value).Distinct().Count() == 1;

    private static async Task<bool> DoesAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (JobQueueException)
        {
            return false;
        }
    }

    /// <summary>The master's own place in what it replicates, and each replica's.</summary>
    [GeneratedRegex("(master_repl_offset:|,offset=)(?<offset>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Offset();
}
