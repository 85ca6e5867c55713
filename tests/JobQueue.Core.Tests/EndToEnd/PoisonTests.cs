using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Jobs that take their process with them.</summary>
public sealed class PoisonTests(TestServer server) : StoreTest(server)
{
    private const int Neighbours = 100;

    private static readonly (string, int) ShortLease = ("LEASE_MS", 1_000);

    [Fact]
    public async Task A_job_that_kills_its_process_three_times_is_dead_and_all_its_neighbours_complete()
    {
        await using var client = await BystanderAsync();
        var poison = await client.Jobs.EnqueueAsync("poison", 1);
        var neighbours = await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, Neighbours).Select(static _ => new JobRequest("pause", 100)));

        await RunWorkersAsync(async () => await client.Monitor.GetCountsAsync() is { TotalCompleted: Neighbours, Dead: 1, Running: 0 });

        var dead = (await client.Jobs.GetAsync(poison))!;
        dead.State.Should().Be(JobState.Dead);
        dead.Reason.Should().StartWith("The process that ran it has died 3 times within 1.00:00:00");
        foreach (var id in neighbours)
        {
            var neighbour = (await client.Jobs.GetAsync(id))!;
            neighbour.State.Should().Be(JobState.Completed);
            neighbour.Attempts.Should().ContainSingle("a crash uses no attempt");
        }

        (await StartsAsync()).Count(id => id == poison.ToString()).Should().Be(3);
        (await Store.Database.KeyExistsAsync(Store.Key("crashes"))).Should().BeFalse("what has ended is counted no longer");
        await StoreVerification.VerifyAsync(client);
    }

    [Fact]
    public async Task With_one_crash_allowed_a_job_dies_with_its_first()
    {
        await using var client = await ClientAsync();
        var poison = await client.Jobs.EnqueueAsync("poison", 1);

        await RunWorkersAsync(async () => await client.Monitor.GetCountsAsync() is { Dead: 1 }, ("MAX_CRASHES", 1));

        (await client.Jobs.GetAsync(poison))!.Reason.Should().StartWith("The process that ran it has died 1 times");
        (await StartsAsync()).Should().Equal(poison.ToString());
    }

    [Fact]
    public async Task Crashes_are_kept_when_a_job_is_handed_back_and_forgotten_when_it_completes()
    {
        var began = new SemaphoreSlim(0);
        var release = new TaskCompletionSource();
        Task HoldAsync(int number, JobContext job, CancellationToken token)
        {
            began.Release();
            return release.Task.WaitAsync(token);
        }

        var first = await TestHost.StartAsync(
            Server, jobs => jobs.AddJobHandler<int>("hold", HoldAsync), o => (o.KeyPrefix, o.ShutdownTimeout) = (Store.Prefix, TimeSpan.Zero));
        var id = await first.Jobs.EnqueueAsync("hold", 1);
        await began.WaitAsync(TestContext.Current.CancellationToken);
        await Store.Database.HashSetAsync(Store.Key("crashes"), id.ToString(), $"1|{await Store.NowAsync()}");

        await first.DisposeAsync();

        ((string?)await Store.Database.HashGetAsync(Store.Key("crashes"), id.ToString())).Should().StartWith("1|", "a hand-back is no end");
        await using var second = await TestHost.StartAsync(Server, jobs => jobs.AddJobHandler<int>("hold", HoldAsync), o => o.KeyPrefix = Store.Prefix);
        release.SetResult();
        await second.Jobs.WaitForResultAsync<object>(id, TimeSpan.FromSeconds(20));
        (await Store.Database.KeyExistsAsync(Store.Key("crashes"))).Should().BeFalse();
    }

    [Fact]
    public async Task A_worker_that_leaves_in_good_order_counts_no_crash_even_for_what_it_could_not_hand_back()
    {
        var began = new TaskCompletionSource();
        var host = await TestHost.StartAsync(
            Server,
            jobs => jobs.AddJobHandler<int>("hold", async (_, _, token) =>
            {
                began.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            }),
            o => (o.KeyPrefix, o.ShutdownTimeout) = (Store.Prefix, TimeSpan.Zero));
        var id = await host.Jobs.EnqueueAsync("hold", 1);
        await began.Task;
        var token = (string)(await Store.Database.HashGetAsync(Store.Key("running"), id.ToString()))!;
        await host.DisposeAsync();

        // As if the release had not reached the server before the stop.
        await Store.Database.KeyDeleteAsync([Store.Key("queue:default:normal"), Store.Key("ready")]);
        await Store.Database.HashSetAsync(Store.Key("running"), id.ToString(), token);
        await using var next = await TestHost.StartAsync(
            Server, static jobs => jobs.AddJobHandler<int>("hold", static (_, _, _) => Task.CompletedTask), o => (o.KeyPrefix, o.MaxCrashes) = (Store.Prefix, 1));

        await next.Jobs.WaitForResultAsync<object>(id, TimeSpan.FromSeconds(20));
        (await next.Monitor.GetCountsAsync()).Dead.Should().Be(0);
    }

    /// <summary>Keeps one worker process alive, as a supervisor does, until the condition holds.</summary>
    private async Task RunWorkersAsync(Func<Task<bool>> condition, params (string, int)[] settings)
    {
        var worker = WorkerProcess.Start(Server.ConnectionString, Store.Prefix, [ShortLease, .. settings]);
        try
        {
            await Eventually.HoldsAsync(
                async () =>
                {
                    if (worker.HasExited)
                    {
                        worker.Dispose();
                        worker = WorkerProcess.Start(Server.ConnectionString, Store.Prefix, [ShortLease, .. settings]);
                    }

                    return await condition();
                },
                "all has ended that was enqueued");
        }
        finally
        {
            worker.Dispose();
        }
    }

    private async Task<List<string>> StartsAsync()
        => [.. (await Store.Database.ListRangeAsync(Store.Prefix + ":starts")).Select(static id => (string)id!)];

    /// <summary>A worker of the same fleet that does other work: it lives on and finds the dead ones.</summary>
    private Task<TestHost> BystanderAsync() => TestHost.StartAsync(
        Server,
        static _ => { },
        o =>
        {
            o.KeyPrefix = Store.Prefix;
            o.Queues.Add("other");
            (o.LeaseDuration, o.HeartbeatInterval) = (TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(200));
        });

    private Task<TestHost> ClientAsync() => TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
}
