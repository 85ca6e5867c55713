using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>The clocks of a job: until when it may start, how long an attempt may take, and when all of them must have ended.</summary>
public sealed class ClockTests(TestServer server) : StoreTest(server)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly HeldJobs _held = new();

    [Fact]
    public async Task A_job_that_no_worker_took_in_time_is_dead_without_running()
    {
        await SeedAsync("a", static (record, now) => record.With(expiresAfter: Hour, createdAt: now - (2 * Hour.Ms())));
        await SeedAsync("b", static (record, now) => record.With(expiresAfter: 3 * Hour, createdAt: now - (2 * Hour.Ms())));
        await using var host = await StartAsync();

        (await RunsAsync(host, "b")).Should().Be("b", "it could start for an hour more");

        var dead = await DiesAsync(host, TestJob.Id("a"));
        dead.Reason.Should().Contain("could start for 01:00:00 from then on (ExpiresAfter)");
        dead.Fingerprint.Should().NotBeNull();
        dead.Attempts.Should().BeEmpty();
        await host.VerifyAsync();
    }

    [Fact]
    public async Task The_time_to_start_counts_from_when_the_job_last_became_due()
    {
        await SeedAsync("delay", static (record, now) => record.With(expiresAfter: Hour, scheduledAt: now));
        await SeedAsync("round", static (record, now) => record.With(expiresAfter: Hour, requeuedAt: now));
        await SeedAsync("retry", static (record, now) => record.With(expiresAfter: Hour, retriedAt: now));
        await SeedAsync("late", static (record, now) => record.With(expiresAfter: Hour, retriedAt: now - (2 * Hour.Ms())));
        await using var host = await StartAsync();

        foreach (var name in (string[])["delay", "round", "retry"])
        {
            (await RunsAsync(host, name)).Should().Be(name);
        }

        var late = await DiesAsync(host, TestJob.Id("late"));
        late.Reason.Should().Contain("ExpiresAfter");
        late.Attempts.Should().ContainSingle("it failed once, and its retry came too late");
    }

    [Fact]
    public async Task A_snoozed_job_may_start_for_as_long_again()
    {
        await using var host = await StartAsync(static (_, job) =>
        {
            if (job.Snoozes == 0)
            {
                job.Snooze(TimeSpan.FromMilliseconds(1));
            }

            return job.Snoozes.ToString(CultureInfo.InvariantCulture);
        });
        await SeedAsync("a", static (record, now) => record.With(expiresAfter: Hour, createdAt: now - Hour.Ms() + 60_000));

        (await RunsAsync(host, "a")).Should().Be("1");

        var scheduledAt = (await host.Jobs.GetAsync(TestJob.Id("a")))!.ScheduledAt;
        scheduledAt!.Value.ToUnixTimeMilliseconds().Should().BeCloseTo(await Store.NowAsync(), 60_000);
    }

    [Fact]
    public async Task A_running_attempt_is_stopped_at_the_deadline_of_all_attempts()
    {
        using var held = _held;
        await using var host = await StartAsync();
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1), static o => o.Deadline = DateTimeOffset.UtcNow.AddSeconds(3));
        var attempt = await held.NextAsync();

        await attempt.ObeyAsync();

        var dead = await DiesAsync(host, id);
        dead.Reason.Should().StartWith("Its deadline ").And.EndWith(" has passed.");
        dead.Attempts.Should().ContainSingle().Which.NextRetryAt.Should().BeNull();
        dead.FinishedAt.Should().BeOnOrAfter(dead.Deadline!.Value.AddSeconds(-1));
    }

    [Fact]
    public async Task A_retry_that_would_begin_after_the_deadline_is_not_waited_for()
    {
        await using var host = await TestHost.StartAsync(
            Server,
            static jobs => jobs
                .AddJobHandler<Numbered>("later", static (_, _, _) => throw new RetryAfterException(2 * Hour, "come back later"))
                .AddFailing(static o => o.Backoff = new() { BaseDelay = 2 * Hour, MaxDelay = 2 * Hour }),
            o => o.KeyPrefix = Store.Prefix);

        foreach (var name in (string[])["fail", "later"])
        {
            var id = await host.Jobs.EnqueueAsync(name, new Numbered(1), static o => o.Deadline = DateTimeOffset.UtcNow + Hour);
            var dead = await DiesAsync(host, id);
            dead.Reason.Should().StartWith("Its next attempt would begin after its deadline ");
            dead.Attempts.Should().ContainSingle().Which.NextRetryAt.Should().BeNull();
            dead.RetryCount.Should().Be(0);
        }

        (await host.Monitor.GetCountsAsync()).TotalRetried.Should().Be(0);
        await host.VerifyAsync();
    }

    [Fact]
    public async Task A_job_whose_deadline_has_passed_is_not_started()
    {
        await SeedAsync("a", static (record, now) => record.With(deadline: now - 1));
        await SeedAsync("b", static (record, now) => record.With(deadline: now + Hour.Ms()));
        await using var host = await StartAsync();

        (await RunsAsync(host, "b")).Should().Be("b");

        var dead = await DiesAsync(host, TestJob.Id("a"));
        dead.Reason.Should().StartWith("Its deadline ");
        dead.Attempts.Should().BeEmpty();
    }

    [Fact]
    public async Task An_attempt_over_its_timeout_is_tried_again_and_says_where_it_was()
    {
        await using var host = await TestHost.StartAsync(
            Server,
            static jobs => jobs.AddJobHandler<Numbered, int>(
                "slow",
                static async (_, job, token) =>
                {
                    await Task.Delay(job.Attempt == 1 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, TimeProvider.System, token);
                    return job.Attempt;
                },
                static o => o.Timeout = TimeSpan.FromMilliseconds(50)),
            o => o.KeyPrefix = Store.Prefix);

        var id = await host.Jobs.EnqueueAsync("slow", new Numbered(1));
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.Attempts.Count > 0, "the first attempt has ended");

        var first = (await host.Jobs.GetAsync(id))!.Attempts[0];
        first.ErrorMessage.Should().Be("The attempt took longer than its timeout of 00:00:00.0500000.");
        first.StackTrace.Should().Contain(nameof(ClockTests));
        first.NextRetryAt.Should().NotBeNull();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task A_wall_clock_that_jumps_moves_nothing(int hours)
    {
        using var held = _held;
        var clock = new JumpingClock();
        await using var client = await TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
        await using var host = await StartAsync(clock: clock);
        var runs = await client.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1), static o => (o.Timeout, o.Deadline) = (Hour, DateTimeOffset.UtcNow + Hour));
        var attempt = await held.NextAsync();
        var worker = (await client.Jobs.GetAsync(runs))!.WorkerId;

        clock.Jump = TimeSpan.FromHours(hours);
        await SeedAsync("a", static (record, now) => record.With(expiresAfter: Hour, createdAt: now, deadline: now + Hour.Ms()));

        (await RunsAsync(client, "a")).Should().Be("a", "by the server's clock it is in time");
        var beat = await BeatAsync(worker!);
        await Eventually.HoldsAsync(async () => await BeatAsync(worker!) > beat, "the worker has beaten since");
        (await BeatAsync(worker!)).Should().BeCloseTo(await Store.NowAsync(), 60_000);
        attempt.Token.IsCancellationRequested.Should().BeFalse();
        attempt.Return("on time");
        await client.Jobs.WaitForResultAsync<string>(runs, TimeSpan.FromSeconds(30));
        foreach (var id in (JobId[])[runs, TestJob.Id("a")])
        {
            var job = await client.Jobs.GetAsync(id);
            DateTimeOffset?[] times = [job!.StartedAt, job.FinishedAt, job.Attempts[0].StartedAt, job.Attempts[0].EndedAt];
            times.Should().OnlyContain(static time => time != null && (time.Value - DateTimeOffset.UtcNow).Duration() < TimeSpan.FromMinutes(5));
        }
    }

    /// <summary>Until when the worker's lease lasts.</summary>
    private async Task<long> BeatAsync(string worker) => (long)(await Store.Database.SortedSetScoreAsync(Store.Key("workers"), worker))!.Value;

    private async Task SeedAsync(string name, Func<JobRecord, long, JobRecord> change)
    {
        var record = change(JobRecordReader.TryRead(TestJob.Id(name), TestJob.Record(name), out _)!, await Store.NowAsync());
        await Store.SeedAsync(seed => seed.Text("job:" + TestJob.IdText(name), JobRecordWriter.Write(record)).Listed(TestJob.DefaultLine, name));
    }

    private Task<TestHost> StartAsync(Func<string, JobContext, string>? work = null, JumpingClock? clock = null) => TestHost.StartAsync(
        Server,
        jobs =>
        {
            jobs.AddJobHandler<Dictionary<string, string>, string>("work", (args, job, _) => Task.FromResult((work ?? (static (name, _) => name))(args["job"], job)));
            _held.AddTo(jobs);
            if (clock is not null)
            {
                jobs.Services.AddSingleton<TimeProvider>(clock);
            }
        },
        o => (o.KeyPrefix, o.Concurrency, o.ShutdownTimeout, o.HeartbeatInterval, o.PollInterval)
            = (Store.Prefix, 2, TimeSpan.Zero, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100)));

    private static Task<string> RunsAsync(TestHost host, string name) => host.Jobs.WaitForResultAsync<string>(TestJob.Id(name), TimeSpan.FromSeconds(30))!;

    private static async Task<Job> DiesAsync(TestHost host, JobId id)
    {
        Job? job = null;
        await Eventually.HoldsAsync(async () => (job = await host.Jobs.GetAsync(id))!.State == JobState.Dead, "the job is dead");
        return job!;
    }

    /// <summary>A wall clock that somebody sets; timestamps and timers go on.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        public TimeSpan Jump { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Jump;
    }
}

/// <summary>Records of jobs with clocks.</summary>
file static class Records
{
    public static long Ms(this TimeSpan span) => (long)span.TotalMilliseconds;

    public static JobRecord With(
        this JobRecord record,
        TimeSpan? expiresAfter = null,
        long? createdAt = null,
        long? scheduledAt = null,
        long? requeuedAt = null,
        long? retriedAt = null,
        long? deadline = null) => new()
        {
            Id = record.Id,
            Name = record.Name,
            Queue = record.Queue,
            Priority = record.Priority,
            Args = record.Args,
            CreatedAt = createdAt ?? record.CreatedAt,
            ScheduledAt = scheduledAt,
            RequeuedAt = requeuedAt,
            ExpiresAfterMs = expiresAfter?.Ms(),
            Deadline = deadline,
            RetryCount = retriedAt is null ? 0 : 1,
            Attempts = retriedAt is not { } at ? null : [new JobAttempt
            {
                Number = 1,
                StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(record.CreatedAt),
                EndedAt = DateTimeOffset.FromUnixTimeMilliseconds(record.CreatedAt),
                WorkerId = "w",
                ErrorType = "System.Exception",
                ErrorMessage = "no",
                NextRetryAt = DateTimeOffset.FromUnixTimeMilliseconds(at),
            }],
        };
}
