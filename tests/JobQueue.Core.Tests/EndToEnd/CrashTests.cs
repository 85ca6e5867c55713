using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

public sealed class CrashTests(TestServer server)
{
    private const int Jobs = 200;

    [Fact]
    public async Task Every_job_of_a_killed_worker_is_done_by_another_and_none_is_missing()
    {
        var prefix = TestServer.NewPrefix();
        await using var client = await TestHost.StartAsync(server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (prefix, false));
        var ids = await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, Jobs).Select(static _ => new JobRequest("pause", 50)));

        using (var victim = WorkerProcess.Start(server.ConnectionString, prefix))
        {
            await Eventually.HoldsAsync(async () => (await client.Monitor.GetCountsAsync()).TotalCompleted >= 20, "the first worker is in mid-run");
            victim.Kill();
        }

        (await client.Monitor.GetCountsAsync()).Running.Should().BePositive("the killed worker held jobs");
        using var other = WorkerProcess.Start(server.ConnectionString, prefix);
        await Eventually.HoldsAsync(async () => (await client.Monitor.GetCountsAsync()).TotalCompleted == Jobs, "every job has completed");

        foreach (var id in ids)
        {
            (await client.Jobs.GetAsync(id))!.State.Should().Be(JobState.Completed);
        }

        var starts = (await server.Connection.GetDatabase().ListRangeAsync(prefix + ":starts")).Select(static id => (string)id!).ToList();
        starts.Distinct().Should().BeEquivalentTo(ids.Select(static id => id.ToString()));
        starts.Count.Should().BeLessThanOrEqualTo(Jobs + 8, "only what the killed worker was running ran again");
        (await client.Monitor.GetCountsAsync()).Should().BeEquivalentTo(
            new { Pending = 0L, Running = 0L, Retrying = 0L, Dead = 0L, TotalFailed = 0L }, o => o.ExcludingMissingMembers());
    }

    [Fact]
    public async Task A_worker_that_was_declared_lost_stops_its_handlers_and_goes_on_under_a_new_id()
    {
        var prefix = TestServer.NewPrefix();
        var workers = new List<string>();
        var began = new SemaphoreSlim(0);
        var release = new TaskCompletionSource();
        var fired = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(
            server,
            jobs => jobs.AddJobHandler<int>("hold", async (_, _, token) =>
            {
                began.Release();
                await release.Task.WaitAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (token.IsCancellationRequested)
                {
                    fired.TrySetResult();
                }
            }),
            o => (o.KeyPrefix, o.HeartbeatInterval) = (prefix, TimeSpan.FromMilliseconds(200)));
        var id = await host.Jobs.EnqueueAsync("hold", 1);
        await began.WaitAsync(TestContext.Current.CancellationToken);
        workers.Add((await host.Jobs.GetAsync(id))!.WorkerId!);

        // What a recovery does first to a worker whose heartbeat has stopped.
        await server.Connection.GetDatabase().SortedSetRemoveAsync($"{{{prefix}:0}}:workers", workers[0]);

        await fired.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        (await began.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Should().BeTrue("the job starts again");
        workers.Add((await host.Jobs.GetAsync(id))!.WorkerId!);
        release.SetResult();
        await host.Jobs.WaitForResultAsync<object>(id, TimeSpan.FromSeconds(20));

        workers.Should().OnlyHaveUniqueItems();
        (await host.Jobs.GetAsync(id))!.Attempts.Should().ContainSingle("the lost attempt's outcome was not its worker's to report")
            .Which.WorkerId.Should().Be(workers[1]);
    }

    [Fact]
    public async Task A_stop_hands_unfinished_jobs_back_to_the_front_without_using_an_attempt()
    {
        var prefix = TestServer.NewPrefix();
        var began = new SemaphoreSlim(0);
        var host = await TestHost.StartAsync(
            server,
            jobs => jobs.AddJobHandler<int>("hold", async (_, _, token) =>
            {
                began.Release();
                await Task.Delay(Timeout.Infinite, token);
            }),
            o => (o.KeyPrefix, o.Concurrency, o.ShutdownTimeout) = (prefix, 2, TimeSpan.FromMilliseconds(50)));
        var ids = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 5).Select(static n => new JobRequest("hold", n)));
        await began.WaitAsync(TestContext.Current.CancellationToken);
        await began.WaitAsync(TestContext.Current.CancellationToken);

        await host.DisposeAsync();

        await using var client = await TestHost.StartAsync(server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (prefix, false));
        (await client.Monitor.GetCountsAsync()).Should().BeEquivalentTo(
            new { Pending = 5L, Running = 0L, LiveWorkers = 0L, TotalFailed = 0L }, o => o.ExcludingMissingMembers());
        var first = (await client.Jobs.GetAsync(ids[0]))!;
        first.RetryCount.Should().Be(0);
        first.Attempts.Should().BeEmpty();
        var order = await server.Connection.GetDatabase().ListRangeAsync($"{{{prefix}:0}}:queue:default:normal");
        var waiting = order.Select(static id => JobId.Parse(id!)).Reverse().ToList();
        waiting.Take(2).Should().BeEquivalentTo(ids.Take(2), "those that ran are at the front");
        waiting.Skip(2).Should().Equal(ids.Skip(2));
    }

    [Fact]
    public async Task A_handler_that_ignores_its_token_does_not_keep_its_job_from_being_handed_back()
    {
        var prefix = TestServer.NewPrefix();
        var began = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        var host = await TestHost.StartAsync(
            server,
            jobs => jobs.AddJobHandler<int>("deaf", (_, _, _) =>
            {
                began.TrySetResult();
                return never.Task;
            }),
            o => (o.KeyPrefix, o.ShutdownTimeout) = (prefix, TimeSpan.Zero));
        await host.Jobs.EnqueueAsync("deaf", 1);
        await began.Task.WaitAsync(TestContext.Current.CancellationToken);

        await host.DisposeAsync();
        never.SetResult();

        await using var client = await TestHost.StartAsync(server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (prefix, false));
        (await client.Monitor.GetCountsAsync()).Should().BeEquivalentTo(new { Pending = 1L, Running = 0L }, o => o.ExcludingMissingMembers());
    }
}
