using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Embedded;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Steps, progress and log lines while Redis is away, is full, or has given the job to another.</summary>
public sealed class OnceAwayTests(TestServer server) : StoreTest(server)
{
    private const int Away = 301;
    private const string Operation = "progress and log";

    private readonly HeldJobs _held = new();
    private readonly RecordedLog _log = new();

    public override async ValueTask DisposeAsync()
    {
        _held.Dispose();
        await base.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task A_step_that_ends_while_redis_is_away_is_noted_when_it_is_back()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var host = await StartAsync(relay);
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();
        var (effect, runs) = (new TaskCompletionSource<int>(), 0);
        await attempt.Job.OnceAsync("before", static _ => Task.CompletedTask);
        var step = attempt.Job.OnceAsync("charge", _ =>
        {
            runs++;
            return effect.Task;
        });

        relay.Cut();
        effect.SetResult(4711);
        await Eventually.HoldsAsync(() => Lines("steps") == 1, "the store is tried");
        step.IsCompleted.Should().BeFalse("it waits for Redis");
        relay.Mend();

        (await Eventually.EndsAsync(step)).Should().Be(4711);
        runs.Should().Be(1);
        (await Store.Database.HashGetAsync(Steps(id), "charge")).Should().Be("4711");
        attempt.Return(null);
    }

    [Fact]
    public async Task The_first_step_of_an_attempt_waits_for_redis_too_until_the_token_fires()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var host = await StartAsync(relay, static o => o.Timeout = TimeSpan.FromSeconds(1));
        await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();
        relay.Cut();

        var step = () => attempt.Job.OnceAsync("charge", static _ => throw new InvalidOperationException("It must not run."));

        await step.Should().ThrowAsync<OperationCanceledException>().WithMessage("JQ1057: *");
        attempt.Token.IsCancellationRequested.Should().BeTrue();
        relay.Mend();
        attempt.Return(null);
    }

    [Fact]
    public async Task A_step_that_redis_does_not_take_before_the_token_fires_says_that_it_will_run_again()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var host = await StartAsync(relay, static o => o.Timeout = TimeSpan.FromSeconds(2));
        await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();

        var step = () => attempt.Job.OnceAsync("charge", _ =>
        {
            relay.Cut();
            return Task.CompletedTask;
        });

        await step.Should().ThrowAsync<OperationCanceledException>().WithMessage("JQ1056: *");
        await step.Should().ThrowAsync<OperationCanceledException>("this attempt knows that it has run, and does not run it again");
        relay.Mend();
        attempt.Return(null);
    }

    [Fact]
    public async Task Progress_and_log_hold_nobody_up_while_redis_is_away_and_the_newest_progress_comes_later()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var host = await StartAsync(relay);
        var ids = await host.Jobs.EnqueueManyAsync([new JobRequest(HeldJobs.Name, new Numbered(1)), new JobRequest(HeldJobs.Name, new Numbered(2))]);
        HeldAttempt[] attempts = [await _held.NextAsync(), await _held.NextAsync()];
        await attempts[0].Job.LogAsync("before");

        relay.Cut();
        for (var number = 0; number < 100; number++)
        {
            foreach (var attempt in attempts)
            {
                await Eventually.EndsAsync(attempt.Job.LogAsync("lost"));
                await Eventually.EndsAsync(attempt.Job.ReportProgressAsync(number / 100.0));
            }
        }

        relay.Mend();
        var job = attempts[0].Job;
        await Eventually.HoldsAsync(
            async () =>
            {
                await job.LogAsync("after");
                return await LinesAsync(job.Id) is [.., "after"];
            },
            "lines are kept again");

        var lines = await LinesAsync(job.Id);
        lines.Should().HaveCountGreaterThanOrEqualTo(3).And.NotContain("lost");
        lines[..3].Should().SatisfyRespectively(
            static line => line.Should().Be("before"),
            static line => line.Should().MatchRegex("^\\([0-9]+ lines before this one may be missing: Redis did not answer\\)$"),
            static line => line.Should().Be("after"));
        (await ProgressAsync(job.Id)).Should().Contain("0.99");
        Lines(Operation).Should().Be(1, "an outage is noted once, however many jobs report");
        Array.ForEach(attempts, static attempt => attempt.Return(null));
        await Eventually.HoldsAsync(async () => await Store.Database.ListLengthAsync(Store.Key("completed")) == ids.Count, "both complete");
    }

    [Fact]
    public async Task A_server_that_hangs_holds_nobody_up_for_long()
    {
        await using var relay = Relay.Before(Server, Store);
        await using var host = await StartAsync(relay);
        await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();

        relay.Hold();
        await Eventually.EndsAsync(attempt.Job.ReportProgressAsync(0.1)); // The limit of one call.
        for (var number = 0; number < 1_000; number++)
        {
            attempt.Job.LogAsync("lost").IsCompleted.Should().BeTrue("nobody waits for a server that is known to hang");
        }

        relay.Release();
        attempt.Return(null);
    }

    [Fact]
    public async Task A_worker_that_was_declared_lost_writes_nothing_more_and_what_the_new_holder_wrote_stands()
    {
        await using var host = await StartAsync(relay: null);
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var old = await _held.NextAsync();
        (await old.Job.OnceAsync("draw", static _ => Task.FromResult(1))).Should().Be(1);
        await old.Job.LogAsync("old");
        await old.Job.ReportProgressAsync(0.9);
        var effect = new TaskCompletionSource<int>();
        var late = old.Job.OnceAsync("charge", _ => effect.Task);

        // What a recovery does first to a worker whose heartbeat has stopped.
        await Store.Database.SortedSetRemoveAsync(Store.Key("workers"), (await host.Jobs.GetAsync(id))!.WorkerId);
        await old.FiredAsync();
        var holder = await _held.NextAsync();
        (await host.Jobs.GetAsync(id))!.Progress.Should().BeNull("what the lost attempt said says nothing about this one");
        (await holder.Job.OnceAsync("draw", static _ => Task.FromResult(2))).Should().Be(1);
        (await holder.Job.OnceAsync("charge", static _ => Task.FromResult(2))).Should().Be(2);
        await holder.Job.LogAsync("new");
        await holder.Job.ReportProgressAsync(0.5);

        effect.SetResult(99);
        await FluentActions.Awaiting(() => late).Should().ThrowAsync<OperationCanceledException>().WithMessage("JQ1058: *");
        await old.Job.LogAsync("late");
        await old.Job.ReportProgressAsync(1);

        (await Store.Database.HashGetAsync(Steps(id), "charge")).Should().Be("2");
        (await LinesAsync(id)).Should().Equal("old", "new");
        (await host.Jobs.GetAsync(id))!.Progress!.Fraction.Should().Be(0.5);
        holder.Return(null);
        await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20));
        old.Return(null);
    }

    [Fact]
    public async Task A_full_server_keeps_the_result_of_a_step_and_drops_progress_and_log()
    {
        Assert.SkipWhen(Server.IsGarnet, "Garnet has no maxmemory that refuses writes.");
        await using var own = await EmbeddedRedis.StartAsync();
        await using var host = await TestHost.StartAsync(Server, jobs => _held.AddTo(jobs), o => o.ConnectionString = own.ConnectionString);
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var first = await _held.NextAsync();
        using var connection = await ConnectionMultiplexer.ConnectAsync(own.ConnectionString + ",allowAdmin=true");
        await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        await first.Job.LogAsync("dropped");
        await first.Job.ReportProgressAsync(0.5);
        await first.Job.OnceAsync("draw", static _ => Task.FromResult(1));

        first.Throw(new InvalidOperationException("no"));
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Retrying, "it waits for its retry");
        await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        var second = await _held.NextAsync();
        (await second.Job.OnceAsync("draw", static _ => Task.FromResult(2))).Should().Be(1);
        (await host.Monitor.GetLogAsync(id)).Should().BeEmpty();
        second.Return(null);
        await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20));
        await host.VerifyAsync();
    }

    private async Task<TestHost> StartAsync(Relay? relay, Action<JobQueueOptions>? configure = null) => await TestHost.StartAsync(
        Server,
        jobs =>
        {
            _held.AddTo(jobs);
            _log.Record(jobs);
        },
        o =>
        {
            o.ConnectionString = relay?.Through(Server) ?? Server.ConnectionString;
            o.KeyPrefix = Store.Prefix;
            o.HeartbeatInterval = TimeSpan.FromMilliseconds(200);
            o.CallTimeout = TimeSpan.FromSeconds(1);
            configure?.Invoke(o);
        });

    private RedisKey Steps(JobId id) => Store.Key($"job:{id}:steps");

    private int Lines(string operation) => _log.Messages(Away).Count(message => message.Contains($"'{operation}'", StringComparison.Ordinal));

    /// <summary>Read beside the host, whose connection may be down.</summary>
    private async Task<string[]> LinesAsync(JobId id)
        => [.. (await Store.Database.ListRangeAsync(Store.Key($"job:{id}:log"), 1)).Select(static line => ((string)line!).Split('|', 2)[1])];

    private async Task<string?> ProgressAsync(JobId id) => await Store.Database.HashGetAsync(Store.Key("progress"), id.ToString());
}
