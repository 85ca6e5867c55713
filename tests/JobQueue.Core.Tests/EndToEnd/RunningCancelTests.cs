using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>
/// Cancelling jobs that run. Where the heartbeat comes once a minute and a test waits for half of one at most, only the
/// message can have fired a token.
/// </summary>
public sealed class RunningCancelTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task The_token_fires_by_the_message_on_whichever_host_runs_the_job()
    {
        await using var first = await StartAsync(out var held, RareBeats);
        using var holding = held;
        await using var second = await TestHost.StartAsync(Server, jobs => held.AddTo(jobs), Configure(RareBeats));
        var ids = await first.Jobs.EnqueueManyAsync([Request(1), Request(2)]);
        var attempts = new[] { await held.NextAsync(), await held.NextAsync() };
        (await Task.WhenAll(ids.Select(id => first.Jobs.GetAsync(id)))).Select(static job => job!.WorkerId).Should().OnlyHaveUniqueItems();

        foreach (var id in ids)
        {
            (await first.Jobs.CancelAsync(id)).Should().Be(JobState.Running);
        }

        await Task.WhenAll(attempts.Select(static attempt => attempt.ObeyAsync()));
        foreach (var id in ids)
        {
            var job = await EndedAsync(first, id, JobState.Cancelled);
            job.Attempts.Should().ContainSingle().Which.ErrorType.Should().BeNull("to stop when asked is no error");
            job.FinishedAt.Should().Be(job.Attempts[0].EndedAt);
        }

        await IsCleanAsync(first);
    }

    [Fact]
    public async Task Without_the_message_the_token_fires_with_the_next_beat()
    {
        await using var host = await StartAsync(out var held, static o => o.HeartbeatInterval = TimeSpan.FromMilliseconds(200));
        using var holding = held;
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await held.NextAsync();

        await AskSilentlyAsync(id);

        await attempt.ObeyAsync();
        await EndedAsync(host, id, JobState.Cancelled);
        await IsCleanAsync(host);
    }

    [Fact]
    public async Task A_failure_while_being_cancelled_is_no_reason_to_try_again()
    {
        await using var host = await StartAsync(out var held, RareBeats);
        using var holding = held;
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await held.NextAsync();
        var waiting = host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(30));

        await host.Jobs.CancelAsync(id);
        await attempt.FiredAsync();
        attempt.Throw(new InvalidDataException("broken off"));

        (await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<JobFailedException>()).Which.ErrorId.Should().Be("JQ1105");
        var job = await EndedAsync(host, id, JobState.Cancelled);
        job.Attempts.Should().ContainSingle().Which.ErrorMessage.Should().Be("broken off");
        job.RetryCount.Should().Be(0);
        (await host.Monitor.GetCountsAsync()).Should().BeEquivalentTo(new { Retrying = 0L, Dead = 0L, TotalRetried = 0L }, static o => o.ExcludingMissingMembers());
        await IsCleanAsync(host);
    }

    [Fact]
    public async Task A_handler_that_finishes_although_its_token_has_fired_has_completed()
    {
        await using var host = await StartAsync(out var held, RareBeats);
        using var holding = held;
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await held.NextAsync();

        await host.Jobs.CancelAsync(id);
        await attempt.FiredAsync();
        attempt.Return("done");

        (await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(30))).Should().Be("done");
        await IsCleanAsync(host);
    }

    [Fact]
    public async Task A_last_failure_of_a_job_that_was_cancelled_meanwhile_cancels_it()
    {
        await using var host = await StartAsync(out var held, RareBeats);
        using var holding = held;
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1), static o => o.MaxRetries = 0);
        var failing = await held.NextAsync();
        await AskSilentlyAsync(id);

        failing.Throw(new InvalidDataException("the last one"));

        var job = await EndedAsync(host, id, JobState.Cancelled);
        job.Attempts.Should().ContainSingle().Which.ErrorMessage.Should().Be("the last one");
        (job.Fingerprint, job.Reason).Should().Be((null, null));
        (await host.DeadLetters.GetGroupsAsync()).Should().BeEmpty();
        await IsCleanAsync(host);
    }

    [Fact]
    public async Task A_report_that_would_let_a_cancelled_job_wait_again_cancels_it()
    {
        await using var host = await StartAsync(out var held, RareBeats);
        using var holding = held;
        var ids = await host.Jobs.EnqueueManyAsync([Request(1)]);
        var failing = await held.NextAsync();
        await AskSilentlyAsync(ids[0]);
        failing.Throw(new InvalidDataException("would be tried again"));
        var failed = await EndedAsync(host, ids[0], JobState.Cancelled);

        var snoozed = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(2));
        var snoozing = await held.NextAsync();
        await AskSilentlyAsync(snoozed);
        snoozing.Job.Snooze(TimeSpan.FromHours(1));
        snoozing.Return(null);
        await EndedAsync(host, snoozed, JobState.Cancelled);

        failed.Attempts.Should().ContainSingle().Which.ErrorMessage.Should().Be("would be tried again");
        snoozing.Token.IsCancellationRequested.Should().BeFalse("nothing but the report said that it was cancelled");
        await IsCleanAsync(host);
    }

    [Fact]
    public async Task A_job_being_cancelled_that_is_handed_back_at_shutdown_is_cancelled()
    {
        await using var host = await StartAsync(out var held, RareBeats);
        using var holding = held;
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await held.NextAsync();
        await AskSilentlyAsync(id);

        var stopping = host.StopAsync();
        await attempt.ObeyAsync();
        await stopping;

        await using var client = await TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
        (await client.Jobs.GetAsync(id))!.State.Should().Be(JobState.Cancelled);
        await IsCleanAsync(client);
    }

    [Fact]
    public async Task A_job_whose_worker_is_lost_while_it_is_cancelled_ends_as_cancelled()
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a", worker: "gone"));
        var started = 0;
        await using var host = await TestHost.StartAsync(
            Server,
            jobs => jobs.AddJobHandler<RawJson>("work", (_, _, _) =>
            {
                Interlocked.Increment(ref started);
                return Task.CompletedTask;
            }),
            Configure());

        await EndedAsync(host, TestJob.Id("a"), JobState.Cancelled);

        started.Should().Be(0);
        await IsCleanAsync(host);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_after_its_fetch_and_before_its_start_never_starts()
    {
        await using var host = await StartAsync(out var held, static o => o.MaxPrefetch = 100, static jobs => jobs.AddJobHandler<Numbered>("quick", static (_, _, _) => Task.CompletedTask));
        using var holding = held;
        var answer = JobState.Cancelled;
        for (var round = 0; answer != JobState.Running; round++)
        {
            round.Should().BeLessThan(50, "at some time a job is cancelled while it waits in the worker");
            var quick = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 20).Select(static n => new JobRequest("quick", new Numbered(n))));
            await host.Jobs.WaitForResultAsync<object>(quick[^1], TimeSpan.FromSeconds(30)); // Jobs are short, so some are leased ahead.
            var ids = await host.Jobs.EnqueueManyAsync([Request(1), Request(2)]);
            var attempt = await held.NextAsync();
            var waiting = ids.Single(id => id != attempt.Job.Id);
            answer = await host.Jobs.CancelAsync(waiting); // Within 250 ms it waits in the worker; later it has gone back.

            // Messages come in order: when the second has been heard, so has the first.
            await host.Jobs.CancelAsync(attempt.Job.Id);
            await attempt.FiredAsync();
            attempt.Return(null);
            await EndedAsync(host, waiting, JobState.Cancelled);
            held.Started.Should().Be(round + 1);
            (await host.Jobs.GetAsync(waiting))!.Attempts.Should().BeEmpty();
        }

        await IsCleanAsync(host);
    }

    [Fact]
    public async Task What_a_handler_registered_on_its_token_keeps_no_other_job_from_being_stopped()
    {
        await using var host = await StartAsync(out var held, static o => (o.Concurrency, o.HeartbeatInterval, o.LeaseDuration) = (2, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3)));
        using var holding = held;
        using var release = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource();
        var ids = await host.Jobs.EnqueueManyAsync([Request(1), Request(2)]);
        HeldAttempt[] attempts = [await held.NextAsync(), await held.NextAsync()];
        attempts.Single(static attempt => attempt.Number == 1).Token.Register(() =>
        {
            blocked.TrySetResult();
            release.Wait(TestContext.Current.CancellationToken);
        });

        try
        {
            await host.Jobs.CancelAsync(ids[0]);
            await Eventually.EndsAsync(blocked.Task);
            await host.Jobs.CancelAsync(ids[1]);

            await attempts.Single(static attempt => attempt.Number == 2).ObeyAsync();
            await EndedAsync(host, ids[1], JobState.Cancelled);
        }
        finally
        {
            release.Set();
        }
    }

    private static void RareBeats(JobQueueOptions o) => (o.HeartbeatInterval, o.LeaseDuration) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3));

    private static JobRequest Request(int number) => new(HeldJobs.Name, new Numbered(number));

    private static async Task<Job> EndedAsync(TestHost host, JobId id, JobState state)
    {
        Job? job = null;
        await Eventually.HoldsAsync(async () => (job = await host.Jobs.GetAsync(id))!.State == state, $"the job is {state}");
        return job!;
    }

    private async Task IsCleanAsync(TestHost host)
    {
        (await Store.LookAsync()).Find("cancelling").Should().BeNull();
        await host.VerifyAsync();
    }

    /// <summary>What a cancel writes, without its message.</summary>
    private Task AskSilentlyAsync(JobId id) => Store.Database.SetAddAsync(Store.Key("cancelling"), id.ToString());

    private Task<TestHost> StartAsync(out HeldJobs held, Action<JobQueueOptions> configure, Action<JobQueueBuilder>? add = null)
    {
        var jobs = held = new HeldJobs();
        return TestHost.StartAsync(
            Server,
            builder =>
            {
                jobs.AddTo(builder);
                add?.Invoke(builder);
            },
            Configure(configure));
    }

    private Action<JobQueueOptions> Configure(Action<JobQueueOptions>? configure = null) => o =>
    {
        (o.KeyPrefix, o.Concurrency, o.MaxPrefetch, o.ShutdownTimeout) = (Store.Prefix, 1, 0, TimeSpan.Zero);
        configure?.Invoke(o);
    };
}
