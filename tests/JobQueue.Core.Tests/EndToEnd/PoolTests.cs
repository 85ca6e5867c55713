using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.Extensions.Options;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Several pools in one process, and limits of queues.</summary>
public sealed class PoolTests(TestServer server) : StoreTest(server)
{
    private readonly Gate _gate = new();
    private readonly ConcurrentDictionary<string, Meter> _meters = new();

    [Fact]
    public async Task A_pool_has_slots_of_its_own_and_the_default_pool_leaves_its_queues_alone()
    {
        await using var host = await StartAsync(
            static o => o.Concurrency = 2,
            static jobs => jobs.AddWorkers("media", static pool =>
            {
                pool.Concurrency = 3;
                pool.Queues.Add("video");
            }));
        await EnqueueAsync(host, "hold", 10, "video");
        await _gate.HasStartedAsync(3);
        await EnqueueAsync(host, "hold", 10, "mail");
        await _gate.HasStartedAsync(5);

        host.Pools.Select(static pool => (pool.Name, pool.Stock.Held)).Should().Equal(("default", 2), ("media", 3));
        host.Pools[1].WorkerId.Should().Contain("-media-");
        (await host.Monitor.GetCountsAsync()).LiveWorkers.Should().Be(2);
        _gate.Open();
        await CompletedAsync(20);
    }

    [Fact]
    public async Task A_default_pool_that_names_the_queues_of_another_helps_it()
    {
        await using var host = await StartAsync(
            static o =>
            {
                o.Concurrency = 2;
                o.Queues.Add("video");
            },
            static jobs => jobs.AddWorkers("media", static pool =>
            {
                pool.Concurrency = 3;
                pool.Queues.Add("video");
            }));
        await EnqueueAsync(host, "hold", 10, "video");

        await _gate.HasStartedAsync(5);
        host.Pools.Sum(static pool => pool.Stock.Held).Should().Be(5);
        _gate.Open();
        await CompletedAsync(10);
    }

    [Fact]
    public async Task A_stop_hands_back_what_all_pools_hold_and_all_leave()
    {
        var host = await StartAsync(
            static o => (o.Concurrency, o.ShutdownTimeout) = (2, TimeSpan.Zero),
            static jobs => jobs.AddWorkers("media", static pool => pool.Queues.Add("video")));
        await EnqueueAsync(host, "hold", 3, "video");
        await EnqueueAsync(host, "hold", 3, "mail");
        await _gate.HasStartedAsync(5);

        await host.DisposeAsync();

        await using var client = await StartAsync(static o => o.RunWorkers = false);
        (await client.Monitor.GetCountsAsync()).Should().BeEquivalentTo(new { Pending = 6L, Running = 0L, LiveWorkers = 0L }, o => o.ExcludingMissingMembers());
    }

    [Fact]
    public async Task A_client_runs_no_pool_at_all()
    {
        await using var host = await StartAsync(
            static o => o.RunWorkers = false, static jobs => jobs.AddWorkers("media", static pool => pool.Queues.Add("video")));
        await EnqueueAsync(host, "hold", 1, "video");

        host.Pools.Should().BeEmpty();
        (await host.Monitor.GetCountsAsync()).Should().BeEquivalentTo(new { Pending = 1L, LiveWorkers = 0L }, o => o.ExcludingMissingMembers());
    }

    [Fact]
    public async Task Wrong_settings_of_pools_and_limits_are_all_named_at_once()
    {
        var start = () => StartAsync(
            static o =>
            {
                o.Queue("bad queue", concurrency: 5);
                o.Queue("video", concurrency: 0);
                o.PriorityWeights = new() { Low = 0 };
            },
            static jobs => jobs
                .AddWorkers("media", static pool => (pool.Concurrency, pool.MaxPrefetch) = (0, 501))
                .AddWorkers("media", static pool => pool.Queues.Add("bad queue"))
                .AddWorkers("default", static pool => pool.Queues.Add("mail"))
                .AddWorkers("weighted", static pool =>
                {
                    pool.Queues.Add("mail");
                    pool.PriorityWeights = new() { High = 1_001 };
                }));

        var failures = string.Join('\n', (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Failures);

        failures.Should().ContainAll(
            "allows 5 jobs of queue 'bad queue'",
            "allows 0 jobs of queue 'video'",
            "PriorityWeights.Low (0) must be from 1 to 1000",
            "AddWorkers(\"media\"): Concurrency (0) must be from 1 to 1000",
            "AddWorkers(\"media\"): MaxPrefetch (501) must be from 0 to 500",
            "AddWorkers(\"media\"): Queues is empty",
            "AddWorkers(\"media\") was called twice",
            "AddWorkers(\"media\"): the queue 'bad queue' is not a valid name",
            "AddWorkers(\"default\"): a pool's name is",
            "AddWorkers(\"weighted\").PriorityWeights.High (1001) must be from 1 to 1000");
    }

    [Fact]
    public async Task A_limited_queue_never_has_more_jobs_running_than_its_limit_over_all_pools()
    {
        await using var host = await StartAsync(
            static o =>
            {
                o.Concurrency = 8;
                o.Queues.Add("video");
                o.Queues.Add("mail");
                o.Queue("video", concurrency: 2);
            },
            static jobs => jobs.AddWorkers("media", static pool =>
            {
                pool.Concurrency = 8;
                pool.Queues.Add("video");
            }));
        await EnqueueAsync(host, "measure", 60, "video");
        await EnqueueAsync(host, "measure", 60, "mail");

        await CompletedAsync(120);

        _meters["video"].Most.Should().Be(2);
        _meters["mail"].Most.Should().BeGreaterThan(2);
    }

    [Fact]
    public async Task A_thousand_waiting_jobs_of_a_limited_queue_hold_up_no_other()
    {
        await using var host = await StartAsync(static o => o.Queue("video", concurrency: 1));
        await EnqueueAsync(host, "hold", 1_000, "video");
        await _gate.HasStartedAsync(1);
        await EnqueueAsync(host, "measure", 50, "mail");

        await CompletedAsync(50);

        _gate.Starts.Should().HaveCount(1);
        _gate.Open(3);
        await _gate.HasStartedAsync(4);
        host.Pool.Stock.Held.Should().Be(1, "a limit frees up with each end, one for one");
        _gate.Open();
    }

    [Fact]
    public async Task A_start_that_fails_half_way_leaves_nothing_running()
    {
        var builder = TestHost.Build(
            Server.ConnectionString,
            jobs => jobs.AddJobHandler<int>("hold", _gate.RunAsync).AddWorkers("media", static pool => pool.Queues.Add("video")),
            o => o.KeyPrefix = Store.Prefix);

        // Joining asks for this key last, so the first pool's loops have not started, but the maintenance has.
        await Store.Database.StringSetAsync(Store.Key("workers"), "no sorted set");
        var start = () => builder.StartAsync(TestContext.Current.CancellationToken);
        await start.Should().ThrowAsync<Exception>();
        builder.Dispose();

        await Store.Database.KeyDeleteAsync(Store.Key("workers"));
        await Eventually.HoldsAsync(
            async () => await Store.Database.KeyTimeToLiveAsync(Store.Key("turn:promote")) is null, "nobody keeps the turn of a loop any more");
        (await Store.Database.KeyExistsAsync(Store.Key("workers"))).Should().BeFalse();
    }

    private async Task<TestHost> StartAsync(Action<JobQueueOptions> configure, Action<JobQueueBuilder>? addPools = null) => await TestHost.StartAsync(
        Server,
        jobs =>
        {
            jobs.AddJobHandler<int>("hold", _gate.RunAsync).AddJobHandler<int>("measure", async (_, job, token) =>
            {
                using var running = _meters.GetOrAdd(job.Queue, static _ => new Meter()).Begin();
                await Task.Delay(5, token);
            });
            addPools?.Invoke(jobs);
        },
        o =>
        {
            o.KeyPrefix = Store.Prefix;
            configure(o);
        });

    private static Task EnqueueAsync(TestHost host, string name, int count, string queue)
        => host.Jobs.EnqueueManyAsync(Enumerable.Range(0, count).Select(number => new JobRequest(name, number) { Options = { Queue = queue } }));

    private Task CompletedAsync(int count) => Eventually.HoldsAsync(
        async () => await Store.Database.ListLengthAsync(Store.Key("completed")) >= count, $"{count} jobs have completed");

    /// <summary>How many ran at the same time.</summary>
    private sealed class Meter
    {
        private readonly Lock _gate = new();
        private int _now;

        public int Most { get; private set; }

        public IDisposable Begin()
        {
            lock (_gate)
            {
                Most = Math.Max(Most, ++_now);
            }

            return new Running(this);
        }

        private sealed class Running(Meter meter) : IDisposable
        {
            public void Dispose()
            {
                lock (meter._gate)
                {
                    meter._now--;
                }
            }
        }
    }
}
