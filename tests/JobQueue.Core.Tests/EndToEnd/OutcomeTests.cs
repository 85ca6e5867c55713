using System.Diagnostics.CodeAnalysis;
using System.Text;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>How an attempt can end beside success and an ordinary failure.</summary>
public sealed class OutcomeTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task A_snoozed_job_waits_and_runs_again_without_using_an_attempt()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<Numbered, string>(
            "nap",
            static (args, job, _) =>
            {
                if (job.Snoozes < 2)
                {
                    job.Snooze(job.Snoozes == 0 ? TimeSpan.FromMilliseconds(1) : TimeSpan.FromHours(args.Number));
                }

                return Task.FromResult($"attempt {job.Attempt} after {job.Snoozes} snoozes");
            },
            static o => o.MaxRetries = 0));
        var id = await host.Jobs.EnqueueAsync("nap", new Numbered(2));

        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id)) is { Snoozes: 2, State: JobState.Scheduled }, "it has snoozed twice");
        var snoozed = await host.Jobs.GetAsync(id);
        snoozed!.Attempts.Should().BeEmpty();
        snoozed.Result.Should().BeNull();
        snoozed.ScheduledAt!.Value.ToUnixTimeMilliseconds().Should().BeCloseTo(await Store.NowAsync() + 7_200_000, 60_000);
        await host.Jobs.RunNowAsync(id);

        (await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(30))).Should().Be("attempt 1 after 2 snoozes");
        (await host.Jobs.GetAsync(id))!.Attempts.Should().ContainSingle();
        (await host.Monitor.GetCountsAsync()).Should().BeEquivalentTo(new { TotalFailed = 0L, TotalRetried = 0L }, static o => o.ExcludingMissingMembers());
        await host.VerifyAsync();
    }

    [Fact]
    public async Task A_discarded_job_is_dead_with_its_reason_and_without_another_attempt()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<Numbered, int>("give_up", static (args, job, _) =>
        {
            job.Snooze(TimeSpan.FromHours(1));
            job.Discard("the account is closed");
            return Task.FromResult(args.Number);
        }));

        var dead = await DiesAsync(host, await host.Jobs.EnqueueAsync("give_up", new Numbered(1)));

        dead.Reason.Should().Be("Discarded by its handler: the account is closed");
        dead.Fingerprint.Should().NotBeNull();
        dead.Result.Should().BeNull();
        dead.Snoozes.Should().Be(0, "the last call stands");
        dead.Attempts.Should().ContainSingle().Which.ErrorType.Should().BeNull();
        await host.VerifyAsync();
    }

    [Fact]
    public async Task Exceptions_that_are_not_to_be_retried_end_the_job_and_derived_ones_too()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<Numbered>(
            "strict",
            static (args, _, _) => throw (args.Number == 1 ? new ArgumentNullException(nameof(args), "derived") : new InvalidDataException("other")),
            static o => o.DoNotRetry.Add(typeof(ArgumentException))));

        var derived = await DiesAsync(host, await host.Jobs.EnqueueAsync("strict", new Numbered(1)));
        var other = await DiesAsync(host, await host.Jobs.EnqueueAsync("strict", new Numbered(2)));

        derived.Attempts.Should().ContainSingle();
        derived.RetryCount.Should().Be(0);
        other.Attempts.Should().HaveCount(4, "it has three retries");
    }

    [Fact]
    public async Task An_exception_chooses_the_delay_before_the_next_attempt()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<Numbered>("busy", static (_, _, _) => throw new TooManyRequestsException()));
        var id = await host.Jobs.EnqueueAsync("busy", new Numbered(1));

        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Retrying, "the job has failed once");

        var job = await host.Jobs.GetAsync(id);
        job!.RetryCount.Should().Be(1);
        job.NextRetryAt!.Value.ToUnixTimeMilliseconds().Should().BeCloseTo(await Store.NowAsync() + 10_800_000, 60_000);
        job.Attempts[0].NextRetryAt.Should().BeCloseTo(job.NextRetryAt.Value, TimeSpan.FromMinutes(1));
        job.Attempts[0].ErrorType.Should().Be(typeof(TooManyRequestsException).FullName);
    }

    [Fact]
    public async Task A_result_that_is_too_large_is_dropped_and_the_job_has_completed()
    {
        await using var host = await StartAsync(
            static jobs => jobs.AddJobHandler<Numbered, string>("text", static (args, _, _) => Task.FromResult(new string('x', args.Number))),
            static o => o.MaxResultBytes = 100);
        var fits = await host.Jobs.EnqueueAsync("text", new Numbered(98));
        var large = await host.Jobs.EnqueueAsync("text", new Numbered(99));

        (await host.Jobs.WaitForResultAsync<string>(fits, TimeSpan.FromSeconds(30))).Should().HaveLength(98);
        var waiting = () => host.Jobs.WaitForResultAsync<string>(large, TimeSpan.FromSeconds(30));

        (await waiting.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ1122");
        var job = await host.Jobs.GetAsync(large);
        job!.State.Should().Be(JobState.Completed);
        job.ResultDropped.Should().Be(101);
        job.Result.Should().BeNull();
    }

    [Fact]
    public async Task Large_arguments_are_kept_until_the_job_has_completed()
    {
        await using var host = await StartAsync(static jobs => jobs
            .AddJobHandler<string, int>("length", static (text, _, _) => Task.FromResult(text.Length))
            .AddJobHandler<string>("refuse", static (_, _, _) => throw new InvalidDataException("no"), static o => o.MaxRetries = 0));
        const int AtLimit = 16 * 1024;
        var small = await host.Jobs.EnqueueAsync("length", new string('x', AtLimit - 2));
        var large = await host.Jobs.EnqueueAsync("length", new string('x', AtLimit - 1));
        var refused = await host.Jobs.EnqueueAsync("refuse", new string('x', AtLimit - 1));

        (await host.Jobs.WaitForResultAsync<int>(small, TimeSpan.FromSeconds(30))).Should().Be(AtLimit - 2);
        (await host.Jobs.WaitForResultAsync<int>(large, TimeSpan.FromSeconds(30))).Should().Be(AtLimit - 1);

        (await host.Jobs.GetAsync(small))!.Args.Length.Should().Be(AtLimit);
        var dropped = await host.Jobs.GetAsync(large);
        dropped!.ArgsDropped.Should().Be(AtLimit + 1);
        dropped.Args.Length.Should().Be(0);
        (await DiesAsync(host, refused)).Args.Length.Should().Be(AtLimit + 1, "a dead job can be retried");
    }

    [Fact]
    public async Task The_user_and_the_tags_come_back_with_the_job_and_reach_its_handler()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<Numbered, string>(
            "who", static (_, job, _) => Task.FromResult($"{job.UserId}: {string.Join(", ", job.Tags)}")));
        var id = await host.Jobs.EnqueueAsync("who", new Numbered(1), static o =>
        {
            o.UserId = "user \"7\" é";
            o.Tags.Add("eu");
            o.Tags.Add("night run");
        });

        (await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(30))).Should().Be("user \"7\" é: eu, night run");

        var job = await host.Jobs.GetAsync(id);
        job!.UserId.Should().Be("user \"7\" é");
        job.Tags.Should().Equal("eu", "night run");
    }

    [Fact]
    public async Task A_handler_that_runs_out_of_memory_has_failed_and_its_slot_goes_on()
    {
        await using var host = await StartAsync(
            static jobs => jobs
                .AddJobHandler<Numbered, int>("huge", static (args, _, _) => Task.FromResult(new byte[args.Number].Length), static o => o.MaxRetries = 0)
                .AddJobHandler<Numbered, int>("echo", static (args, _, _) => Task.FromResult(args.Number)),
            static o => o.Concurrency = 1);

        var dead = await DiesAsync(host, await host.Jobs.EnqueueAsync("huge", new Numbered(int.MaxValue)));
        var next = await host.Jobs.EnqueueAsync("echo", new Numbered(2));

        (await host.Jobs.WaitForResultAsync<int>(next, TimeSpan.FromSeconds(30))).Should().Be(2);
        dead.Attempts.Should().ContainSingle().Which.ErrorType.Should().Be("System.OutOfMemoryException");
    }

    [Fact]
    public async Task An_error_that_can_not_be_recorded_as_it_is_fails_the_attempt_all_the_same()
    {
        await using var host = await StartAsync(static jobs => jobs
            .AddJobHandler<Numbered>("mute", static (_, _, _) => throw new MuteException(), static o => o.MaxRetries = 1)
            .AddJobHandler<Numbered>("broken", static (_, _, _) => throw new InvalidDataException("half a character: \ud83d" + new string('x', 5_000) + "\ud83d\ude00"), static o => o.MaxRetries = 0)
            .AddJobHandler<Numbered>("cut", static (_, job, _) =>
            {
                job.Discard(new string('x', JobAttempt.MaxMessageLength - 1) + "\ud83d\ude00");
                return Task.CompletedTask;
            }));

        var mute = await DiesAsync(host, await host.Jobs.EnqueueAsync("mute", new Numbered(1)));
        var broken = await DiesAsync(host, await host.Jobs.EnqueueAsync("broken", new Numbered(1)));
        var cut = await DiesAsync(host, await host.Jobs.EnqueueAsync("cut", new Numbered(1)));

        mute.Attempts.Should().HaveCount(2).And.OnlyContain(static attempt => attempt.ErrorMessage!.Contains(nameof(MuteException), StringComparison.Ordinal));
        broken.Error.Should().StartWith("half a character: ");
        Encoding.UTF8.GetByteCount(cut.Reason!).Should().BePositive();
        await host.VerifyAsync();
    }

    [Fact]
    public async Task A_snooze_or_a_delay_out_of_its_range_is_refused_where_it_is_asked_for()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<Numbered, string>("ask", static (_, job, _) =>
        {
            Action[] asks =
            [
                () => job.Snooze(TimeSpan.Zero),
                () => job.Snooze(TimeSpan.FromDays(365) + TimeSpan.FromTicks(1)),
                static () => throw new RetryAfterException(TimeSpan.FromTicks(-1), "before now"),
                static () => throw new RetryAfterException(TimeSpan.FromDays(7) + TimeSpan.FromTicks(1), "too late"),
            ];
            return Task.FromResult(string.Join(' ', asks.Select(static ask => ask.Should().Throw<InvalidJobException>().Which.ErrorId)));
        }));

        var id = await host.Jobs.EnqueueAsync("ask", new Numbered(1));

        (await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(30))).Should().Be("JQ1035 JQ1035 JQ1036 JQ1036");
    }

    private static async Task<Job> DiesAsync(TestHost host, JobId id)
    {
        Job? job = null;
        await Eventually.HoldsAsync(async () => (job = await host.Jobs.GetAsync(id))!.State == JobState.Dead, "the job is dead");
        return job!;
    }

    private Task<TestHost> StartAsync(Action<JobQueueBuilder> add, Action<JobQueueOptions>? configure = null) => TestHost.StartAsync(Server, add, o =>
    {
        o.KeyPrefix = Store.Prefix;
        configure?.Invoke(o);
    });

    private sealed class TooManyRequestsException() : RetryAfterException(TimeSpan.FromHours(3), "429");

    [SuppressMessage("Design", "CA1065", Justification = "That is what the test is about.")]
    private sealed class MuteException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");
    }
}
