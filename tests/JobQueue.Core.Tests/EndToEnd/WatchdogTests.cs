using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>A worker can't silently stop working.</summary>
public sealed class WatchdogTests(TestServer server) : StoreTest(server)
{
    private const int FetchLoopStalled = 111;
    private const int SubscriptionStalled = 112;
    private const int ForgottenLeases = 113;

    private readonly Gate _gate = new();
    private readonly RecordedLog _log = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stalls = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task A_stalled_fetch_loop_is_seen_and_started_anew_and_jobs_flow_again()
    {
        await using var host = await StartAsync();
        host.Pool.FindProblem().Should().BeNull();
        host.Pool.Fetcher.BeforeFetch = HoldOnceAsync;
        _gate.Open();

        await _stalls.Task;
        var ids = await EnqueueAsync(host, 3);
        await Eventually.HoldsAsync(() => host.Pool.FirstWatchdog.IsStalled, "the loop has not turned for too long");
        host.Pool.FindProblem().Should().StartWith("The fetch loop of pool 'default' has not turned for ");
        await host.Pool.FirstWatchdog.LookAsync();

        await CompletedAsync(3);
        host.Pool.FindProblem().Should().BeNull();
        _log.Count(FetchLoopStalled).Should().Be(1);
        _held.SetResult(); // Its fetch goes out now, with a number that the new loop has made void.
        await EnqueueAsync(host, 3);
        await CompletedAsync(6);
        _gate.Starts.Should().OnlyHaveUniqueItems().And.Contain(ids);
        (await Store.Database.KeyExistsAsync(Store.Key("running"))).Should().BeFalse();
    }

    [Fact]
    public async Task What_a_stalled_loop_had_leased_is_handed_back_and_runs_once()
    {
        await using var host = await StartAsync();
        host.Pool.Fetcher.BeforeTake = HoldOnceWithJobsAsync;

        var ids = await EnqueueAsync(host, 3);
        await _stalls.Task;
        (await Store.Database.HashLengthAsync(Store.Key("running"))).Should().BePositive("the answer that is held has leased something");
        await Eventually.HoldsAsync(() => host.Pool.FirstWatchdog.IsStalled, "the loop has not turned for too long");
        await host.Pool.FirstWatchdog.LookAsync();
        _gate.Open();

        await CompletedAsync(3);
        _held.SetResult();
        await EnqueueAsync(host, 1);
        await CompletedAsync(4);
        _gate.Starts.Should().HaveCount(4).And.OnlyHaveUniqueItems().And.Contain(ids);
        host.Pool.Stock.Held.Should().Be(0);
        await host.VerifyAsync();

        async Task HoldOnceWithJobsAsync()
        {
            if (await Store.Database.HashLengthAsync(Store.Key("running")) > 0)
            {
                await HoldOnceAsync();
            }
        }
    }

    [Fact]
    public async Task A_stalled_loop_does_not_keep_what_it_had_reserved_of_a_limited_queue()
    {
        await using var host = await StartAsync(static o => o.Queue("video", concurrency: 1));
        host.Pool.Fetcher.BeforeFetch = HoldOnceAsync;
        _gate.Open();
        await _stalls.Task;
        await host.Jobs.EnqueueAsync("hold", 1, static o => o.Queue = "video");
        await Eventually.HoldsAsync(() => host.Pool.FirstWatchdog.IsStalled, "the loop has not turned for too long");

        await host.Pool.FirstWatchdog.LookAsync();

        await CompletedAsync(1);
        _held.SetResult();
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_ever_for_a_stalled_loop()
    {
        var host = await StartAsync();
        host.Pool.Fetcher.BeforeFetch = HoldOnceAsync;
        await _stalls.Task;

        await Eventually.EndsAsync(host.DisposeAsync().AsTask());

        (await Store.Database.SortedSetLengthAsync(Store.Key("workers"))).Should().Be(0);
        _held.SetResult();
    }

    [Fact]
    public async Task A_lost_subscription_is_noticed_by_the_missing_echo_and_made_anew()
    {
        await using var host = await StartAsync();
        var shard = await host.Services.GetRequiredService<RedisConnection>().GetFirstAsync(TestContext.Current.CancellationToken);
        var wake = shard.Keys.WakeChannel(host.Pool.WorkerId);
        await host.Pool.FirstWatchdog.LookAsync();
        await Eventually.HoldsAsync(() => host.Pool.Heard > 0, "the echo arrives");

        shard.Subscriptions.Deaf.Add(wake);
        await Eventually.HoldsAsync(
            async () =>
            {
                await host.Pool.FirstWatchdog.LookAsync();
                return _log.Count(SubscriptionStalled) == 1;
            },
            "two pings without an echo are enough");

        var heard = host.Pool.Heard;
        await Eventually.HoldsAsync(
            async () =>
            {
                await host.Pool.FirstWatchdog.LookAsync();
                return host.Pool.Heard > heard;
            },
            "the echo arrives again");
        _log.Count(SubscriptionStalled).Should().Be(1);
    }

    [Fact]
    public async Task What_the_server_has_forgotten_to_be_done_waits_again_after_a_break_and_what_runs_is_left_alone()
    {
        await using var host = await StartAsync();
        var running = await host.Jobs.EnqueueAsync("hold", 1);
        await _gate.HasStartedAsync(1);
        var forgotten = await host.Jobs.EnqueueAsync("hold", 2);
        await _gate.HasStartedAsync(2);
        var (id, field) = ((StackExchange.Redis.RedisKey)Store.Key("job:" + forgotten), forgotten.ToString());
        var (token, record) = (await Store.Database.HashGetAsync(Store.Key("running"), field), await Store.Database.StringGetAsync(id));
        await host.Jobs.CancelAsync(forgotten);
        await Eventually.HoldsAsync(async () => await host.Jobs.GetAsync(forgotten) is { State: JobState.Cancelled }, "it has ended");

        // A server that lost its last writes has the lease and the record as they were.
        await Store.Database.KeyDeleteAsync(Store.Key("cancelled"));
        await Store.Database.StringSetAsync(id, record);
        await Store.Database.HashSetAsync(Store.Key("running"), field, token);
        var shard = await host.Services.GetRequiredService<RedisConnection>().GetFirstAsync(TestContext.Current.CancellationToken);
        shard.CountBreak();

        await _gate.HasStartedAsync(3);
        _gate.Open();
        await CompletedAsync(2);
        _gate.Starts.Should().Equal(running, forgotten, forgotten);
        _log.Messages(ForgottenLeases).Should().ContainSingle().Which.Should().StartWith("1 jobs ");
    }

    private async Task HoldOnceAsync()
    {
        if (_stalls.TrySetResult())
        {
            await _held.Task;
        }
    }

    private async Task<TestHost> StartAsync(Action<JobQueueOptions>? configure = null) => await TestHost.StartAsync(
        Server,
        jobs =>
        {
            jobs.AddJobHandler<int>("hold", _gate.RunAsync);
            _log.Record(jobs);
        },
        o =>
        {
            o.KeyPrefix = Store.Prefix;
            o.CallTimeout = TimeSpan.FromMilliseconds(700);
            o.PollInterval = TimeSpan.FromMilliseconds(50);
            configure?.Invoke(o);
        });

    private static Task<IReadOnlyList<JobId>> EnqueueAsync(TestHost host, int count)
        => host.Jobs.EnqueueManyAsync(Enumerable.Range(0, count).Select(static number => new JobRequest("hold", number)));

    private Task CompletedAsync(int count) => Eventually.HoldsAsync(
        async () => await Store.Database.ListLengthAsync(Store.Key("completed")) == count, $"{count} jobs have completed");
}
