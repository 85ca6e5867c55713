using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Chaos.Tests;

/// <summary>Redis killed with SIGKILL while it is about to get, executes, or is about to answer a call, and restarted on its append-only file.</summary>
public sealed class KilledServerTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const int Fleet = 2;

    /// <summary>Before a crash of the machine there is at least so much to lose.</summary>
    private const int BeforeACrash = 300;

    /// <summary>How much of what was written is not on the disk yet, when the file is synced every second.</summary>
    private static readonly TimeSpan Unsynced = TimeSpan.FromSeconds(1);

    private static readonly RedisScript[] Calls = [RedisScripts.Enqueue, RedisScripts.Fetch, RedisScripts.Complete];

    /// <summary>On its way to the server, with the server, on its way back.</summary>
    private static readonly FaultKind[] Moments = [FaultKind.HoldCall, FaultKind.Watch, FaultKind.LoseReply];

    private readonly List<long> _kills = [];

    [Fact]
    public async Task With_a_file_that_is_synced_before_each_reply_no_acknowledged_job_is_lost_and_none_runs_twice()
    {
        await using var scene = await BeginAsync(Fsync.Always);
        foreach (var (call, moment) in DrawKills(Form.Of(1, 9)))
        {
            await KillInAsync(scene, call, moment);
            await Server.RestartAsync();
            await scene.Callers.FlowsAsync(50);
        }

        var ids = await scene.Callers.StopAsync();
        await AllEndedAsync();
        (await LostAsync(scene)).Should().BeEmpty("an acknowledged job is on the disk");
        AddFigures(scene, []);
        var account = await AccountAsync(ids);

        account.ExtraStarts.Should().BeEmpty("what a fetch leased without an answer is handed back before it starts");
        account.Fired.Should().BeEmpty("nobody was declared lost");
        account.CompletedJobs.Should().OnlyContain(static job => job.Attempts.Count == 1 && job.RetryCount == 0);
    }

    [Fact]
    public async Task With_a_file_that_is_synced_every_second_the_end_of_the_process_loses_what_it_had_not_handed_to_the_system()
    {
        await using var scene = await BeginAsync(Fsync.EverySec);
        foreach (var (call, moment) in DrawKills(Form.Of(1, 6)))
        {
            await KillInAsync(scene, call, moment);
            await Server.RestartAsync();
            await scene.Callers.FlowsAsync(50);
        }

        await AccountWithLossAsync(scene);
    }

    /// <summary>
    /// The system keeps what a killed process has written, so a kill alone is not the end of the machine. Here the file is cut to
    /// what it held a second before the kill, as it may be found after a power failure: the worst that the setting allows, as long
    /// as the disk keeps up.
    /// </summary>
    [Fact]
    public async Task With_a_file_that_is_synced_every_second_the_end_of_the_machine_loses_its_last_second_and_nothing_else()
    {
        await using var scene = await BeginAsync(Fsync.EverySec);
        foreach (var (call, moment) in DrawKills(1).Take(Form.Of(1, 3)))
        {
            var lengths = new List<(long At, long Length)>();
            var file = Server.FindAppendOnlyFile();
            var before = scene.Callers.Acknowledged;
            await Condition.HoldsAsync(
                () =>
                {
                    file.Refresh();
                    lengths.Add((TimeProvider.System.GetTimestamp(), file.Length));
                    return scene.Callers.Acknowledged >= before + BeforeACrash && TimeProvider.System.GetElapsedTime(lengths[0].At) > Unsynced;
                },
                () => "there is something to lose");
            await KillInAsync(scene, call, moment);

            CutTail(file, lengths);
            await Server.RestartAsync();
            await scene.Callers.FlowsAsync(50);
        }

        (await AccountWithLossAsync(scene)).Should().NotBeEmpty("the cut took acknowledged jobs");
    }

    /// <summary>As many kills of each call as wished, in a drawn order, at moments that are drawn without repeating one before all were had.</summary>
    private List<(RedisScript Call, FaultKind Moment)> DrawKills(int ofEach)
    {
        var kills = new List<(RedisScript, FaultKind)>();
        foreach (var call in Calls)
        {
            FaultKind[] moments = [.. Moments];
            for (var kill = 0; kill < ofEach; kill++)
            {
                if (kill % moments.Length == 0)
                {
                    Random.Shuffle(moments);
                }

                kills.Add((call, moments[kill % moments.Length]));
            }
        }

        var drawn = kills.ToArray();
        Random.Shuffle(drawn);
        return [.. drawn];
    }

    private async Task KillInAsync(FlowScene scene, RedisScript call, FaultKind moment)
    {
        Say($"kill in {call.Name}, {moment}");
        var trap = scene.Network.Set(moment, call.Hash);
        var come = moment == FaultKind.LoseReply ? trap.Answered : trap.Caught;
        await Condition.HoldsAsync(() => come.IsCompleted, () => $"somebody calls {call.Name}");
        Server.Kill();
        _kills.Add(TimeProvider.System.GetTimestamp());
        trap.LetGo();
    }

    private static void CutTail(FileInfo file, List<(long At, long Length)> lengths)
    {
        var synced = lengths.Last(sample => TimeProvider.System.GetElapsedTime(sample.At) >= Unsynced).Length;
        using var stream = file.Open(FileMode.Open, FileAccess.Write);
        synced.Should().BeLessThan(stream.Length);
        stream.SetLength(synced);
    }

    /// <summary>Acknowledged jobs that the store does not know, also not as completed: nothing expires here.</summary>
    private static async Task<IReadOnlyList<JobId>> LostAsync(FlowScene scene)
    {
        var lost = new List<JobId>();
        foreach (var ids in scene.Callers.AcknowledgedAt.Keys.Chunk(200))
        {
            var found = await Task.WhenAll(ids.Select(id => scene.Jobs.GetAsync(id)));
            lost.AddRange(ids.Zip(found).Where(static pair => pair.Second is null).Select(static pair => pair.First));
        }

        return lost;
    }

    private async Task<FlowScene> BeginAsync(Fsync fsync)
    {
        await base.BeginAsync(fsync);
        Server.NeedsRestart();
        return await FlowScene.BeginAsync(this, Fleet);
    }

    private async Task<IReadOnlyList<JobId>> AccountWithLossAsync(FlowScene scene)
    {
        var ids = await scene.Callers.StopAsync();
        await AllEndedAsync();
        var lost = await LostAsync(scene);
        AddFigures(scene, lost);
        await AccountAsync([.. ids.Except(lost)], lost: lost);
        return lost;
    }

    private void AddFigures(FlowScene scene, IReadOnlyList<JobId> lost)
    {
        scene.Callers.AddTo(Figures);
        Figures.Add("kills", _kills.Count).Add("acknowledged_and_lost", lost.Count);
        Figures.Add("loss_window_ms", lost.Select(id => BeforeItsKill(scene.Callers.AcknowledgedAt[id])).DefaultIfEmpty(0).Max());
    }

    /// <summary>How long before the kill that followed a job was acknowledged, in ms.</summary>
    private double BeforeItsKill(long acknowledged)
        => Math.Round(TimeProvider.System.GetElapsedTime(acknowledged, _kills.First(kill => kill >= acknowledged)).TotalMilliseconds);
}
