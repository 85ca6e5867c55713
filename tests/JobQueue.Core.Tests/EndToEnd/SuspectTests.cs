using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>A job that may have killed its process runs alone, and neither starves ordinary jobs nor is starved by them.</summary>
public sealed class SuspectTests(TestServer server) : StoreTest(server)
{
    private const string Video = "video";

    private static readonly JobRequest[] Batch = [.. Enumerable.Range(0, 100).Select(
        static number => new JobRequest("work", number) { Options = { Queue = number % 2 == 0 ? "default" : Video } })];

    private readonly Lock _lock = new();
    private readonly List<string> _runs = [];
    private int _running;
    private int _besideSuspects;
    private bool _isSuspectRunning;

    [Fact]
    public async Task While_a_suspect_runs_no_pool_of_its_process_starts_anything()
    {
        await using var client = await ClientAsync();
        var suspect = await SuspectAsync(client, "suspect");
        await using var host = await WorkerAsync();

        // The handler enqueues for both pools while it runs, and then takes longer than they would.
        await client.Jobs.WaitForResultAsync<object>(suspect, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await CompletedAsync(client, 3);

        Runs().Should().HaveCount(3).And.StartWith("suspect");
        _besideSuspects.Should().Be(0);
        await StoreVerification.VerifyAsync(client);
    }

    [Fact]
    public async Task A_busy_process_runs_its_suspects_alone_and_ordinary_jobs_between_them()
    {
        await using var client = await ClientAsync();
        JobId[] suspects = [await SuspectAsync(client, "pause"), await SuspectAsync(client, "pause", Video), await SuspectAsync(client, "pause")];
        await using var host = await WorkerAsync();
        var enqueued = 0;

        // So much waits that the process is never idle.
        await Eventually.HoldsAsync(
            async () =>
            {
                if ((await client.Monitor.GetCountsAsync()).Pending < 200)
                {
                    enqueued += Batch.Length;
                    await client.Jobs.EnqueueManyAsync(Batch);
                }

                return (await Task.WhenAll(suspects.Select(id => client.Jobs.GetAsync(id)))).All(static job => job!.State == JobState.Completed);
            },
            "suspects are not starved");

        await CompletedAsync(client, enqueued + suspects.Length);
        _besideSuspects.Should().Be(0);
        var runs = Runs();
        var places = Enumerable.Range(0, runs.Length).Where(at => runs[at] == "pause").ToArray();
        places.Should().HaveCount(3);
        places.Zip(places[1..], static (one, next) => next - one).Should().OnlyContain(static gap => gap > 1, "ordinary jobs run between two suspects");
        await StoreVerification.VerifyAsync(client);
    }

    [Fact]
    public async Task A_suspect_waits_for_what_the_answer_of_another_pools_fetch_brings()
    {
        await using var client = await ClientAsync();
        await using var host = await WorkerAsync();
        var (arrived, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var video = await client.Jobs.EnqueueAsync("pause", 1, options => (options.Queue, options.Delay) = (Video, TimeSpan.FromHours(1)));
        host.Pools[1].Fetcher.BeforeTake = async () =>
        {
            if ((await client.Jobs.GetAsync(video))!.State == JobState.Running)
            {
                arrived.TrySetResult();
                await goOn.Task;
            }
        };
        await client.Jobs.RunNowAsync(video);
        await Eventually.EndsAsync(arrived.Task);
        var suspect = await SuspectAsync(client, "pause");

        await Eventually.HoldsAsync(() => Store.Database.KeyExistsAsync(Store.Key("turn:suspects")), "the process drains, because it holds a job that it does not know of");
        (await client.Jobs.GetAsync(suspect))!.State.Should().Be(JobState.Pending);
        goOn.SetResult();
        await CompletedAsync(client, 2);
        _besideSuspects.Should().Be(0);
    }

    [Fact]
    public async Task A_pause_during_a_drain_leaves_nothing_shut()
    {
        using var held = new HeldJobs();
        await using var client = await ClientAsync();
        await using var host = await WorkerAsync(held);
        await client.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await held.NextAsync();
        var suspect = await SuspectAsync(client, "pause", Video);
        await Eventually.HoldsAsync(() => Store.Database.KeyExistsAsync(Store.Key("turn:suspects")), "the process drains");
        await client.Monitor.PauseAsync(Video);
        attempt.Return(null);

        // The fetch that follows the drain finds the queue paused: ordinary jobs go on.
        await client.Jobs.WaitForResultAsync<object>(await client.Jobs.EnqueueAsync("work", 1), TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        (await client.Jobs.GetAsync(suspect))!.State.Should().Be(JobState.Pending);
        await client.Monitor.ResumeAsync(Video);
        await client.Jobs.WaitForResultAsync<object>(suspect, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_stop_during_a_drain_ends_it_and_another_process_runs_the_suspect()
    {
        using var held = new HeldJobs();
        await using var client = await ClientAsync();
        var host = await WorkerAsync(held);
        await client.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        await held.NextAsync();
        var suspect = await SuspectAsync(client, "pause");
        await Eventually.HoldsAsync(() => Store.Database.KeyExistsAsync(Store.Key("turn:suspects")), "the process drains");

        await host.DisposeAsync();

        await using var next = await WorkerAsync();
        await client.Jobs.WaitForResultAsync<object>(suspect, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private Task<TestHost> ClientAsync() => TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));

    /// <summary>Two pools in one process.</summary>
    private Task<TestHost> WorkerAsync(HeldJobs? held = null) => TestHost.StartAsync(
        Server,
        jobs =>
        {
            jobs.AddJobHandler<int>("work", (_, _, _) => RunAsync("work", TimeSpan.FromMilliseconds(5)));
            jobs.AddJobHandler<int>("pause", (_, _, _) => RunAsync("pause", TimeSpan.FromMilliseconds(100)));
            jobs.AddJobHandler<int>("suspect", async (_, job, token) => await RunAsync("suspect", TimeSpan.FromMilliseconds(300), EnqueueBesideAsync));
            held?.AddTo(jobs);
            jobs.AddWorkers("media", static pool =>
            {
                pool.Concurrency = 2;
                pool.Queues.Add(Video);
            });
        },
        o => (o.KeyPrefix, o.Concurrency, o.ShutdownTimeout) = (Store.Prefix, 2, TimeSpan.Zero));

    private async Task EnqueueBesideAsync()
    {
        await using var client = await ClientAsync();
        await client.Jobs.EnqueueAsync("work", 1);
        await client.Jobs.EnqueueAsync("work", 2, static options => options.Queue = Video);
    }

    private async Task RunAsync(string name, TimeSpan duration, Func<Task>? meanwhile = null)
    {
        lock (_lock)
        {
            _runs.Add(name);
            _running++;
            _isSuspectRunning |= name != "work";
            _besideSuspects += _isSuspectRunning && _running > 1 ? 1 : 0;
        }

        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        await Task.Delay(duration, TimeProvider.System);
        lock (_lock)
        {
            _running--;
            _isSuspectRunning &= name == "work";
        }
    }

    private string[] Runs()
    {
        lock (_lock)
        {
            return [.. _runs];
        }
    }

    /// <summary>A job that stands where recovery puts one whose process has died under it once less than is allowed.</summary>
    private async Task<JobId> SuspectAsync(TestHost client, string handler, string queue = "default")
    {
        // Behind a long delay, so that no worker takes it before it stands there.
        var id = await client.Jobs.EnqueueAsync(handler, 1, options => (options.Queue, options.Delay) = (queue, TimeSpan.FromHours(1)));
        await Store.Database.HashSetAsync(Store.Key("crashes"), id.ToString(), $"2|{await Store.NowAsync()}|suspect");
        await client.Jobs.RunNowAsync(id);
        return id;
    }

    private static Task CompletedAsync(TestHost client, long count)
        => Eventually.HoldsAsync(async () => (await client.Monitor.GetCountsAsync()).TotalCompleted == count, $"{count} jobs have completed");
}
