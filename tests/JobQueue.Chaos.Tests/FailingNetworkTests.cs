using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Chaos.Tests;

/// <summary>
/// A network between clients, workers and server that fails while jobs flow. What each script does of its own over such a network
/// is proven in JobQueue.Core.Tests, in the tests of its script.
/// </summary>
public sealed class FailingNetworkTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const int Fleet = 2;
    private const int Round = 50;

    /// <summary>A worker that was lost, workers that were recovered, writes that the server forgot, outcomes that were refused.</summary>
    private static readonly int[] Harm = [103, 104, 113, 205];

    private static readonly int Rounds = Form.Of(1, 10);

    /// <summary>What a worker and a caller send again and again.</summary>
    private static readonly RedisScript[] Calls =
    [
        RedisScripts.Enqueue, RedisScripts.Fetch, RedisScripts.Complete, RedisScripts.Beat, RedisScripts.Turn, RedisScripts.Recover, RedisScripts.Promote,
        RedisScripts.Reconcile,
    ];

    [Fact]
    public async Task Connections_that_are_cut_and_replies_that_are_late_lose_no_job_and_run_none_twice()
    {
        await using var scene = await BeginAsync();
        for (var round = 0; round < Rounds * 2; round++)
        {
            await scene.Callers.FlowsAsync(Random.Next(1, Round));
            scene.Network.Break();
            await scene.Callers.FlowsAsync(Random.Next(1, Round));
            scene.Network.Delay = TimeSpan.FromMilliseconds(Random.Next(1, 50));
            await scene.Callers.FlowsAsync(Round);
            scene.Network.Cut();
            await scene.Callers.FailAsync();
            scene.Network.Mend();
            scene.Network.Delay = TimeSpan.Zero;
        }

        await EndsUnharmedAsync(scene);
    }

    [Fact]
    public async Task Replies_that_are_lost_after_the_server_has_executed_lose_no_job_and_run_none_twice()
    {
        await using var scene = await BeginAsync();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var call in Drawn())
            {
                // A reconcile follows a fetch that was not answered.
                _ = call == RedisScripts.Reconcile && scene.Network.Set(FaultKind.LoseReply, RedisScripts.Fetch.Hash) is null;
                var trap = scene.Network.Set(FaultKind.LoseReply, call.Hash);
                await Condition.HoldsAsync(() => trap.Answered.IsCompleted, () => $"somebody calls {call.Name}");
            }
        }

        Figures.Add("replies_lost", Rounds * (Calls.Length + 1));
        await EndsUnharmedAsync(scene);
    }

    [Fact]
    public async Task Calls_that_are_executed_after_their_callers_have_given_up_lose_no_job_and_run_none_twice()
    {
        await using var scene = await BeginAsync();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var call in Drawn().Where(static call => call == RedisScripts.Enqueue || call == RedisScripts.Fetch || call == RedisScripts.Complete))
            {
                var trap = scene.Network.Set(FaultKind.HoldCall, call.Hash);
                await Condition.HoldsAsync(() => trap.Caught.IsCompleted, () => $"somebody calls {call.Name}");
                if (call == RedisScripts.Enqueue)
                {
                    await scene.Callers.FailAsync();
                }
                else
                {
                    // Its log does not tell of every call that a worker gives up, so as not to flood.
                    await Task.Delay(FlowScene.CallTimeout * 1.5, TimeProvider.System, TestContext.Current.CancellationToken);
                }

                trap.LetGo();
                await Condition.HoldsAsync(() => trap.Answered.IsCompleted, () => $"{call.Name} is executed all the same");
                await scene.Callers.FlowsAsync(Round);
            }
        }

        await EndsUnharmedAsync(scene);
    }

    [Fact]
    public async Task Half_open_connections_are_noticed_within_a_lease_and_lose_no_job()
    {
        await using var scene = await BeginAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var began = TimeProvider.System.GetTimestamp();
            scene.Network.HalfOpen();
            await scene.Callers.FlowsAsync(Round);
            Figures.AddSeconds($"until_jobs_flow_again_{round}", TimeProvider.System.GetElapsedTime(began));
        }

        await EndsUnharmedAsync(scene);
    }

    private RedisScript[] Drawn()
    {
        RedisScript[] drawn = [.. Calls];
        Random.Shuffle(drawn);
        return drawn;
    }

    /// <summary>The lease and the heartbeat that are the defaults.</summary>
    private async Task<FlowScene> BeginAsync()
    {
        await base.BeginAsync(Fsync.EverySec);
        return await FlowScene.BeginAsync(this, Fleet, static settings => settings with { LeaseMs = 10_000, HeartbeatMs = 2_000 });
    }

    private async Task EndsUnharmedAsync(FlowScene scene)
    {
        await scene.Callers.FlowsAsync(Round);
        var ids = await scene.Callers.StopAsync();
        scene.Callers.AddTo(Figures);
        var account = await AccountAsync(ids);

        account.ExtraStarts.Should().BeEmpty("no job runs twice");
        account.Fired.Should().BeEmpty("no handler was stopped");
        account.CompletedJobs.Should().OnlyContain(static job => job.Attempts.Count == 1 && job.RetryCount == 0);
        (await Audit.LogAsync()).Where(static line => Harm.Contains(line.EventId)).Should().BeEmpty();
    }
}
