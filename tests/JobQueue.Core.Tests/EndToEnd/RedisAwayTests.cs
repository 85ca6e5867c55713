using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>What a worker does while Redis is away: every host stands behind a relay that cuts or holds its connections.</summary>
public sealed class RedisAwayTests(TestServer server) : StoreTest(server)
{
    private const int WorkerLost = 103;
    private const int WorkersRecovered = 104;
    private const int LeaseUncertain = 109;
    private const int OutcomesRefused = 205;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    private readonly Gate _gate = new();
    private readonly RecordedLog _log = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Handlers_go_on_while_redis_is_away_and_their_outcomes_arrive_when_it_is_back()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var host = await StartAsync(relay);
        var ids = await EnqueueAsync(host, 4);
        await _gate.HasStartedAsync(4);

        relay.Cut();
        _gate.Open();
        await _gate.HasEndedAsync(4);
        (await Store.Database.HashLengthAsync(Store.Key("running"))).Should().Be(4);
        relay.Mend();

        await CompleteOnceAsync(ids);
    }

    [Fact]
    public async Task A_server_that_hangs_and_comes_back_gets_the_outcomes_too()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var host = await StartAsync(relay);
        var ids = await EnqueueAsync(host, 4);
        await _gate.HasStartedAsync(4);

        relay.Hold();
        _gate.Open();
        await _gate.HasEndedAsync(4);
        relay.Release();

        await CompleteOnceAsync(ids);
    }

    [Fact]
    public async Task Slots_wait_when_the_buffer_of_outcomes_is_full_and_nothing_is_lost()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var host = await StartAsync(relay, static o => o.SettleBufferSize = 1);
        var ids = await EnqueueAsync(host, 8);
        await _gate.HasStartedAsync(4);

        relay.Cut();
        _gate.Open(1);
        await _gate.HasEndedAsync(1);
        await Eventually.HoldsAsync(() => host.Pool.Settler.Waiting == 0 && Busy(host) == 3, "the first outcome is on its way");
        await Eventually.HoldsAsync(() => _log.ToString().Contains("'settle'", StringComparison.Ordinal), "and has been tried: what ends now does not go with it");
        _gate.Open(7);
        await _gate.HasEndedAsync(4);
        await Eventually.HoldsAsync(() => host.Pool.Settler.Waiting == 1 && Busy(host) == 2, "the buffer is full, and the others wait for it");
        _gate.Starts.Should().HaveCount(4, "no new job starts meanwhile");
        relay.Mend();

        await CompleteOnceAsync(ids);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_room_in_a_full_buffer()
    {
        await using var relay = Relay.Before(Server, Store);
        var going = new TaskCompletionSource();
        var started = 0;
        await using var host = await StartAsync(
            relay,
            static o => (o.SettleBufferSize, o.ShutdownTimeout) = (1, TimeSpan.FromMilliseconds(50)),
            jobs => jobs.AddJobHandler<int>("deaf", async (_, _, _) =>
            {
                Interlocked.Increment(ref started);
                await going.Task;
            }));
        var ids = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 4).Select(static number => new JobRequest("deaf", number)));
        await Eventually.HoldsAsync(() => Volatile.Read(ref started) == 4, "four handlers run that do not listen to their tokens");

        relay.Cut();
        var stopping = host.StopAsync();

        await Eventually.HoldsAsync(() => stopping.IsCompleted, "the host has stopped");
        await stopping;
        (await Store.Database.HashLengthAsync(Store.Key("running"))).Should().Be(ids.Count, "what could not be reported runs again when the lease is over");
        going.SetResult();
    }

    [Fact]
    public async Task Uncertain_leases_are_gone_on_with_unless_the_host_prefers_to_stop()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var host = await StartAsync(relay);
        var ids = await EnqueueAsync(host, 2);
        await _gate.HasStartedAsync(2);

        relay.Cut();
        await Eventually.HoldsAsync(() => _log.Count(LeaseUncertain) == 1, "the worker says that its leases are uncertain");
        _gate.Fired.Should().Be(0);
        _gate.Open();
        await _gate.HasEndedAsync(2);
        relay.Mend();

        await CompleteOnceAsync(ids);
        _log.Count(LeaseUncertain).Should().Be(1, "once an outage");
    }

    [Fact]
    public async Task Handlers_stop_with_uncertain_leases_when_the_host_says_so_and_no_attempt_is_used()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var host = await StartAsync(relay, static o => o.OnLeaseUncertain = LeaseUncertainty.Cancel);
        var ids = await EnqueueAsync(host, 2);
        await _gate.HasStartedAsync(2);

        relay.Cut();
        await Eventually.HoldsAsync(() => _gate.Fired == 2, "the tokens fire when the lease is uncertain");
        relay.Mend();
        _gate.Open();

        await CompletedAsync(ids);
        _gate.Starts.Should().HaveCount(4, "each job was handed back and started once more");
        foreach (var id in ids)
        {
            (await JobAsync(host, id)).Attempts.Should().ContainSingle("the stopped run is no attempt");
        }
    }

    [Fact]
    public async Task After_an_outage_of_three_leases_nobody_is_declared_lost_and_no_job_runs_twice()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var first = await StartAsync(relay);
        await using var second = await StartAsync(relay);
        var ids = await EnqueueAsync(first, 8);
        await _gate.HasStartedAsync(8);
        var workers = await WorkersAsync();
        await Eventually.HoldsAsync(async () => (await Store.Database.HashExistsAsync(Store.Key("meta"), "last_recovery")), "a recovery pass has gone by");

        relay.Cut();
        await Task.Delay(Lease * 3, TestContext.Current.CancellationToken); // The length of the outage is what is tested.
        relay.Mend();

        await Eventually.HoldsAsync(
            async () => (await Store.Database.SortedSetScoreAsync(Store.Key("workers"), workers[0])) > await Store.NowAsync()
                && (await Store.Database.SortedSetScoreAsync(Store.Key("workers"), workers[1])) > await Store.NowAsync(),
            "both workers beat again");
        var graceUntil = (long)await Store.Database.HashGetAsync(Store.Key("meta"), "grace_until");
        await Eventually.HoldsAsync(async () => await Store.NowAsync() > graceUntil + 1_000, "the grace is over");
        _gate.Open();

        await CompleteOnceAsync(ids);
        (await WorkersAsync()).Should().Equal(workers);
        (_log.Count(WorkerLost) + _log.Count(WorkersRecovered)).Should().Be(0);
        (await Store.Database.KeyExistsAsync(Store.Key("crashes"))).Should().BeFalse();
        (await Store.Database.KeyExistsAsync(Store.Key("lost"))).Should().BeFalse();
    }

    [Fact]
    public async Task An_outage_is_a_handful_of_log_lines()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var host = await StartAsync(relay);
        var ids = await EnqueueAsync(host, 4);
        await _gate.HasStartedAsync(4);
        var before = _log.Total;

        relay.Cut();
        _gate.Open();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken); // The length of the outage is what is tested.
        relay.Mend();
        await CompleteOnceAsync(ids);

        // Each loop says at most that it began and that it ended: fetch, settle, heartbeat, promote, recover, housekeep, recurring, watch. Each of the two
        // connections may be replaced once, and the heartbeat says once that the jobs may be taken for lost.
        const int Loops = 8, Connections = 2;
        (_log.Total - before).Should().BeLessThanOrEqualTo((2 * Loops) + Connections + 1, $"this is what was logged:\n{_log}");
    }

    private async Task<TestHost> StartAsync(Relay relay, Action<JobQueueOptions>? configure = null, Action<JobQueueBuilder>? add = null) => await TestHost.StartAsync(
        Server,
        jobs =>
        {
            jobs.AddJobHandler<int>("hold", _gate.RunAsync);
            add?.Invoke(jobs);
            _log.Record(jobs);
        },
        o =>
        {
            o.ConnectionString = relay.Through(Server);
            o.KeyPrefix = Store.Prefix;
            o.LeaseDuration = Lease;
            o.HeartbeatInterval = Lease / 5;
            o.CallTimeout = TimeSpan.FromSeconds(1);
            configure?.Invoke(o);
        });

    private static Task<IReadOnlyList<JobId>> EnqueueAsync(TestHost host, int count)
        => host.Jobs.EnqueueManyAsync(Enumerable.Range(0, count).Select(static number => new JobRequest("hold", number)));

    private static int Busy(TestHost host) => host.Pool.Slots.Working.Count(static slot => slot.Current is not null);

    private async Task<string[]> WorkersAsync()
        => [.. (await Store.Database.SortedSetRangeByRankAsync(Store.Key("workers"))).Select(static worker => (string)worker!).Order(StringComparer.Ordinal)];

    private async Task CompletedAsync(IReadOnlyList<JobId> ids) => await Eventually.HoldsAsync(
        async () => await Store.Database.ListLengthAsync(Store.Key("completed")) == ids.Count, "every job has completed");

    private async Task CompleteOnceAsync(IReadOnlyList<JobId> ids)
    {
        await CompletedAsync(ids);
        _gate.Starts.Should().BeEquivalentTo(ids, "each job ran once");
        _log.Count(OutcomesRefused).Should().Be(0);
        (await Store.VerifyAsync()).Violations.Should().BeEmpty();
    }

    private static async Task<Job> JobAsync(TestHost host, JobId id) => (await host.Jobs.GetAsync(id))!;
}
