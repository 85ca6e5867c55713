using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>What a step is worth when its process is killed: the worker kills itself where the arguments say.</summary>
public sealed class OnceCrashTests(TestServer server)
{
    [Fact]
    public async Task A_step_that_was_noted_before_its_process_was_killed_is_not_run_again()
    {
        var (first, effects, job) = await RunAsync("between");

        effects.Should().Equal("draw", "charge");
        job.Result.Should().Be(first, "the second process got the result that the first had stored");
    }

    [Fact]
    public async Task A_step_whose_process_was_killed_between_its_effect_and_its_note_runs_again()
    {
        var (first, effects, job) = await RunAsync("inside");

        effects.Should().Equal("draw", "charge", "charge");
        job.Result.Should().Be(first);
    }

    /// <returns>What the first step drew at first, the effects in their order, the log, and the result.</returns>
    private async Task<(string First, IReadOnlyList<string> Effects, (string? Result, IEnumerable<string> Log) Job)> RunAsync(string death)
    {
        var prefix = TestServer.NewPrefix();
        var database = server.Connection.GetDatabase();
        await using var client = await TestHost.StartAsync(server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (prefix, false));
        using var victim = WorkerProcess.Start(server.ConnectionString, prefix, ("LEASE_MS", 1_000));
        var id = await client.Jobs.EnqueueAsync("steps", death);
        await Eventually.HoldsAsync(() => victim.HasExited, "the first worker has killed itself");
        (await client.Jobs.GetAsync(id))!.State.Should().Be(JobState.Running, "nobody has noticed yet");

        using var other = WorkerProcess.Start(server.ConnectionString, prefix, ("LEASE_MS", 1_000));
        var result = await client.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(60));

        var effects = (await database.ListRangeAsync(prefix + ":effects")).Select(static effect => ((string)effect!).Split('|')).ToList();
        var log = (await client.Monitor.GetLogAsync(id)).Select(static line => line.Text);
        log.Should().Equal("begins", "begins");
        (await client.Jobs.GetAsync(id))!.Should().BeEquivalentTo(
            new { State = JobState.Completed, RetryCount = 0, Progress = (JobProgress?)null }, o => o.ExcludingMissingMembers());
        await client.VerifyAsync();
        return (effects[0][1], [.. effects.Select(static effect => effect[0])], (result, log));
    }
}
