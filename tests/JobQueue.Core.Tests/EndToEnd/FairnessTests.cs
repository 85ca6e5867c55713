using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Which waiting job comes next.</summary>
public sealed class FairnessTests(TestServer server) : StoreTest(server)
{
    private readonly ConcurrentQueue<string> _starts = new();
    private readonly Gate _gate = new();

    [Fact]
    public async Task Weighted_priorities_get_their_shares_of_ten_thousand_jobs_and_nothing_starves()
    {
        await using var client = await StartAsync(static o => o.RunWorkers = false);
        foreach (var (priority, count) in new[] { (JobPriority.Low, 1_200), (JobPriority.Normal, 2_200), (JobPriority.High, 3_700), (JobPriority.Critical, 5_700) })
        {
            await EnqueueAsync(client, count, o => o.Priority = priority, priority.ToString());
        }

        await using var worker = await StartAsync(static o => o.PriorityWeights = new());
        await Eventually.HoldsAsync(() => _starts.Count >= 10_000, "10,000 jobs have started");

        var first = _starts.Take(10_000).ToList();
        Share(first, "Critical").Should().BeInRange(45, 55);
        Share(first, "High").Should().BeInRange(25, 35);
        Share(first, "Normal").Should().BeInRange(10, 20);
        Share(first, "Low").Should().BeInRange(0.1, 10);
        foreach (var thousand in first.Chunk(2_500))
        {
            thousand.Distinct().Should().HaveCount(4, "each priority gets on all the time");
        }
    }

    [Fact]
    public async Task Strict_priorities_leave_nothing_of_a_higher_one_behind()
    {
        await using var client = await StartAsync(static o => o.RunWorkers = false);
        foreach (var priority in new[] { JobPriority.Low, JobPriority.Normal, JobPriority.High, JobPriority.Critical })
        {
            await EnqueueAsync(client, 150, o => o.Priority = priority, priority.ToString());
        }

        await using var worker = await StartAsync(static o => o.Concurrency = 1);
        await StartedAsync(600);

        _starts.Chunk(150).Select(static part => part.Distinct().Single()).Should().Equal("Critical", "High", "Normal", "Low");
    }

    [Fact]
    public async Task Queues_of_one_priority_take_turns()
    {
        await using var client = await StartAsync(static o => o.RunWorkers = false);
        await EnqueueAsync(client, 500, static o => o.Queue = "a", "a");
        await EnqueueAsync(client, 40, static o => o.Queue = "b", "b");
        await EnqueueAsync(client, 40, static o => o.Queue = "c", "c");

        await using var worker = await StartAsync(static o => (o.Concurrency, o.MaxPrefetch) = (1, 0));
        await StartedAsync(90);

        var first = _starts.Take(90).ToList();
        first.Count(static queue => queue == "b").Should().BeInRange(25, 35);
        first.Count(static queue => queue == "c").Should().BeInRange(25, 35);
    }

    [Fact]
    public async Task Nothing_of_a_paused_queue_starts_until_it_is_resumed()
    {
        await using var host = await StartAsync(static o => o.PollInterval = TimeSpan.FromMilliseconds(50));
        await PauseAsync("mail");
        await EnqueueAsync(host, 20, static o => o.Queue = "mail", "mail");
        await EnqueueAsync(host, 20, static o => o.Queue = "video", "video");
        await StartedAsync(20);

        _starts.Should().OnlyContain(static queue => queue == "video");
        (await host.Monitor.GetCountsAsync()).Pending.Should().Be(20);

        await Store.Database.SetRemoveAsync(Store.Key("paused"), "mail");
        await StartedAsync(40);
    }

    [Fact]
    public async Task A_pause_takes_back_what_was_leased_ahead()
    {
        await using var host = await StartAsync(static o => o.Concurrency = 1);
        await ShortJobsAsync(host);
        await host.Jobs.EnqueueAsync("hold", "", static o => (o.Queue, o.Priority) = ("video", JobPriority.Critical));
        await _gate.HasStartedAsync(1);
        await EnqueueAsync(host, 10, static o => o.Queue = "mail", "mail");

        await PauseAsync("mail");

        await Eventually.HoldsAsync(() => host.Pool.Stock.Held == 1, "nothing but the running job is held");
        _gate.Open();
        await Eventually.HoldsAsync(async () => await host.Monitor.GetCountsAsync() is { Running: 0, Pending: 10 }, "they wait in their queue");
        _starts.Should().NotContain("mail");
    }

    [Fact]
    public async Task Short_jobs_leased_ahead_start_elsewhere_when_long_ones_hold_the_slots()
    {
        var elsewhere = 0;
        await using var busy = await StartAsync(static o => o.Concurrency = 2);
        await ShortJobsAsync(busy);
        await using var other = await TestHost.StartAsync(
            Server,
            jobs => jobs.AddJobHandler<string>("note", (_, _, _) =>
            {
                Interlocked.Increment(ref elsewhere);
                return Task.CompletedTask;
            }),
            o => (o.KeyPrefix, o.PollInterval) = (Store.Prefix, TimeSpan.FromMilliseconds(50)));
        var hold = new TaskCompletionSource();
        other.Pool.Fetcher.BeforeFetch = () => hold.Task;
        await Eventually.HoldsAsync(async () => await Store.Database.SortedSetLengthAsync(Store.Key("workers")) == 2, "both work");

        // One page, so that one fetch finds them all: two long jobs, then short ones that seem worth leasing ahead.
        await busy.Jobs.EnqueueManyAsync([
            new JobRequest("hold", "") { Options = { Priority = JobPriority.High } },
            new JobRequest("hold", "") { Options = { Priority = JobPriority.High } },
            .. Enumerable.Range(0, 20).Select(static _ => new JobRequest("note", "x")),
        ]);
        await _gate.HasStartedAsync(2);
        await Eventually.HoldsAsync(() => busy.Pool.Stock.Held == 22, "the short jobs are held behind the long ones");
        var since = TimeProvider.System.GetTimestamp();
        hold.SetResult();

        await Eventually.HoldsAsync(() => Volatile.Read(ref elsewhere) == 20, "the other worker has them");
        TimeProvider.System.GetElapsedTime(since).Should().BeLessThan(TimeSpan.FromSeconds(3), "250 ms is how long a job waits here; the rest is for a slow machine");
        var handedBack = busy.Pool.Stock.HandedBack;
        await EnqueueAsync(busy, 20, static _ => { }, "x");
        await Eventually.HoldsAsync(() => Volatile.Read(ref elsewhere) == 40, "more of them go to the other at once");
        busy.Pool.Stock.HandedBack.Should().Be(handedBack).And.Be(20, "nothing is leased ahead until a job has ended");
        _gate.Open();
    }

    [Fact]
    public async Task A_thousand_queues_that_are_empty_again_cost_a_fetch_nothing()
    {
        await using var host = await StartAsync(static o => o.Concurrency = 100);
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 1_000).Select(static number => new JobRequest("note", "x") { Options = { Queue = $"q{number}" } }));
        await StartedAsync(1_000);

        await Eventually.HoldsAsync(async () => await Store.Database.SetLengthAsync(Store.Key("ready")) == 0, "no list is looked at any more");
        (await Store.Database.SetLengthAsync(Store.Key("queues"))).Should().Be(1_000);
        await EnqueueAsync(host, 1, static o => o.Queue = "q7", "x");
        await StartedAsync(1_001);
    }

    private async Task<TestHost> StartAsync(Action<JobQueueOptions> configure) => await TestHost.StartAsync(
        Server,
        jobs => jobs
            .AddJobHandler<string>("note", (text, _, _) =>
            {
                _starts.Enqueue(text);
                return Task.CompletedTask;
            })
            .AddJobHandler<string>("hold", (_, job, token) => _gate.RunAsync(0, job, token)),
        o =>
        {
            o.KeyPrefix = Store.Prefix;
            configure(o);
        });

    /// <summary>As many as the worker looks back on when it decides how much to lease ahead.</summary>
    private async Task ShortJobsAsync(TestHost host)
    {
        await EnqueueAsync(host, 100, static _ => { }, "short");
        await StartedAsync(100);
        await Eventually.HoldsAsync(() => host.Pool.Stock.Held == 0, "they have ended");
    }

    private static Task EnqueueAsync(TestHost host, int count, Action<EnqueueOptions> configure, string text)
        => host.Jobs.EnqueueManyAsync(Enumerable.Range(0, count).Select(_ =>
        {
            var request = new JobRequest("note", text);
            configure(request.Options);
            return request;
        }));

    private Task StartedAsync(int count) => Eventually.HoldsAsync(() => _starts.Count >= count, $"{count} jobs have started");

    private async Task PauseAsync(string queue)
    {
        await Store.Database.SetAddAsync(Store.Key("paused"), queue);
        await Store.Connection.GetSubscriber().PublishAsync(Store.Shard.Keys.PauseChannel, queue);
    }

    private static double Share(List<string> starts, string text) => 100.0 * starts.Count(start => start == text) / starts.Count;
}
