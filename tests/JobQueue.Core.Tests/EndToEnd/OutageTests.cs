using System.Diagnostics;
using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Embedded;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Each test has a server of its own, because it stops it.</summary>
public sealed class OutageTests
{
    private readonly TestServer _shared;

    public OutageTests(TestServer server)
    {
        _ = server.ConnectionString; // Skips when there is no server.
        _shared = server;
    }

    [Fact]
    public async Task A_worker_survives_a_restart_of_the_server_and_no_job_is_missing()
    {
        var folder = Directory.CreateTempSubdirectory("outage-");
        var options = new EmbeddedRedisOptions { DataDirectory = folder.FullName };
        var first = await EmbeddedRedis.StartAsync(options);
        options.Port = int.Parse(first.ConnectionString.Split(',')[0].Split(':')[1], CultureInfo.InvariantCulture);
        options.Password = first.ConnectionString.Split("password=")[1].Split(',')[0];
        await using var host = await StartAsync(first);
        var ids = new List<JobId>(await EnqueueAsync(host, 300));
        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).TotalCompleted >= 10, "the worker is in mid-run");

        await first.DisposeAsync();
        var away = () => EnqueueAsync(host, 1);
        var error = (await away.Should().ThrowAsync<JobQueueUnavailableException>()).Which;
        error.JobIds.Should().ContainSingle();
        await using var second = await EmbeddedRedis.StartAsync(options);
        await Eventually.HoldsAsync(() => EnqueuedAsync(host, ids), "jobs can be enqueued again");

        await Eventually.HoldsAsync(() => AllCompletedAsync(host, ids), "every job has completed");
        await host.DisposeAsync();
        await second.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_fetch_that_is_carried_out_after_its_time_limit_keeps_no_job_from_running()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The server is halted by signals of Linux.");
        await using var server = await EmbeddedRedis.StartAsync();
        await using var host = await StartAsync(server, static o => (o.CallTimeout, o.PollInterval) = (TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(50)));
        var ids = new List<JobId>(await EnqueueAsync(host, 400));
        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).TotalCompleted >= 10, "the worker is in mid-run");

        await SignalAsync("STOP", server.ProcessId);
        await Eventually.HoldsAsync(() => IsStopped(server.ProcessId), "every thread of the server is halted");
        var hanging = () => EnqueueAsync(host, 1);
        var error = (await hanging.Should().ThrowAsync<JobQueueUnavailableException>()).Which;
        await SignalAsync("CONT", server.ProcessId);

        error.MayHaveBeenEnqueued.Should().BeTrue("the server got the call and may carry it out later");
        await Eventually.HoldsAsync(() => AllCompletedAsync(host, ids), "every job has completed");
        await Eventually.HoldsAsync(
            async () => await host.Monitor.GetCountsAsync() is { Pending: 0, Running: 0, Dead: 0 }, "the job of the call that failed has run too, if it was stored");
    }

    [Fact]
    public async Task A_full_server_refuses_new_jobs_and_lets_waiting_ones_go_on()
    {
        Assert.SkipWhen(_shared.IsGarnet, "Garnet has no maxmemory that refuses writes.");
        await using var server = await EmbeddedRedis.StartAsync();
        var prefix = TestServer.NewPrefix();
        await using var client = await StartAsync(server, o => (o.KeyPrefix, o.RunWorkers) = (prefix, false));
        var ids = new List<JobId>(await EnqueueAsync(client, 50));
        using var connection = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",allowAdmin=true");
        await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        var enqueue = () => client.Jobs.EnqueueAsync("pause", 1);
        (await enqueue.Should().ThrowAsync<JobQueueUnavailableException>()).Which.Should()
            .BeEquivalentTo(new { ErrorId = "JQ2004", MayHaveBeenEnqueued = false }, o => o.ExcludingMissingMembers());

        await using var worker = await StartAsync(server, o => o.KeyPrefix = prefix);
        await Eventually.HoldsAsync(() => AllCompletedAsync(client, ids), "the waiting jobs complete");
    }

    [Fact]
    public async Task A_full_server_lets_jobs_end_in_every_way_and_refuses_what_would_fill_it_more()
    {
        Assert.SkipWhen(_shared.IsGarnet, "Garnet has no maxmemory that refuses writes.");
        await using var server = await EmbeddedRedis.StartAsync();
        var gate = new Gate();
        await using var host = await TestHost.StartAsync(
            _shared,
            jobs => jobs
                .AddJobHandler<int>("hold", gate.RunAsync)
                .AddJobHandler<int>("fail", static (_, _, _) => throw new InvalidOperationException("no luck")),
            o => (o.ConnectionString, o.Concurrency, o.MaxPrefetch) = (server.ConnectionString, 2, 0));
        var dead = await host.Jobs.EnqueueAsync("fail", 1, static o => o.MaxRetries = 0);
        await Eventually.HoldsAsync(async () => await host.Jobs.GetAsync(dead) is { State: JobState.Dead }, "one is dead");
        var running = await host.Jobs.EnqueueManyAsync([new JobRequest("hold", 1), new JobRequest("hold", 2)]);
        await gate.HasStartedAsync(2);
        var waiting = await host.Jobs.EnqueueAsync("hold", 3);
        var failing = await host.Jobs.EnqueueAsync("fail", 4);
        var delayed = await host.Jobs.EnqueueAsync("hold", 5, static o => o.Delay = TimeSpan.FromHours(1));
        using var connection = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",allowAdmin=true");
        await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        (await host.Jobs.CancelAsync(waiting)).Should().Be(JobState.Cancelled);
        (await host.Jobs.CancelAsync(delayed)).Should().Be(JobState.Cancelled);
        (await host.Jobs.CancelAsync(running[0])).Should().Be(JobState.Running);
        await Eventually.HoldsAsync(() => gate.Fired == 1, "the token of the cancelled one fires");
        gate.Open();
        await Eventually.HoldsAsync(async () => await host.Jobs.GetAsync(running[0]) is { State: JobState.Cancelled }, "the running one is cancelled");
        await Eventually.HoldsAsync(async () => await host.Jobs.GetAsync(running[1]) is { State: JobState.Completed }, "the other one completes");
        await Eventually.HoldsAsync(async () => await host.Jobs.GetAsync(failing) is { State: JobState.Retrying }, "a failed one is stored for its retry");
        var requeue = () => host.DeadLetters.RetryAsync(dead);
        (await requeue.Should().ThrowAsync<JobQueueUnavailableException>()).Which.ErrorId.Should().Be("JQ2004");
        (await host.Jobs.GetAsync(dead))!.State.Should().Be(JobState.Dead);

        await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        await Eventually.HoldsAsync(async () => await host.Jobs.GetAsync(failing) is { State: JobState.Dead }, "its retries are due again and go on");
        await host.VerifyAsync();
    }

    private Task<TestHost> StartAsync(EmbeddedRedis server, Action<JobQueueOptions>? configure = null) => TestHost.StartAsync(
        _shared,
        static jobs => jobs.AddJobHandler<int>("pause", static (milliseconds, _, token) => Task.Delay(milliseconds, token)),
        o =>
        {
            o.ConnectionString = server.ConnectionString + ",connectTimeout=1000";
            configure?.Invoke(o);
        });

    private static Task<IReadOnlyList<JobId>> EnqueueAsync(TestHost host, int count)
        => host.Jobs.EnqueueManyAsync(Enumerable.Range(0, count).Select(static _ => new JobRequest("pause", 10)));

    private static async Task<bool> EnqueuedAsync(TestHost host, List<JobId> ids)
    {
        try
        {
            ids.AddRange(await EnqueueAsync(host, 1));
            return true;
        }
        catch (JobQueueUnavailableException)
        {
            return false;
        }
    }

    private static async Task<bool> AllCompletedAsync(TestHost host, List<JobId> ids)
    {
        foreach (var id in ids)
        {
            try
            {
                if (await host.Jobs.GetAsync(id) is not { State: JobState.Completed })
                {
                    return false;
                }
            }
            catch (JobQueueUnavailableException)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The third field of a thread's stat line is its state; T is stopped.</summary>
    private static bool IsStopped(int processId) => Directory
        .EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task"))
        .All(static thread => File.ReadAllText(Path.Combine(thread, "stat")).Split(") ")[^1].StartsWith('T'));

    private static async Task SignalAsync(string signal, int processId)
    {
        using var kill = Process.Start("kill", ["-" + signal, processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
