using System.Collections.Concurrent;
using System.Text;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

public sealed class JobLifeTests(TestServer server)
{
    [Fact]
    public async Task A_job_runs_and_its_result_is_kept_with_its_history()
    {
        await using var host = await TestHost.StartAsync(server, static jobs => jobs
            .AddJobHandler<Numbered, int>("double", static (args, _, _) => Task.FromResult(args.Number * 2)));

        var id = await host.Jobs.EnqueueAsync("double", new Numbered(21));
        var result = await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20));
        var job = await host.Jobs.GetAsync(id);

        result.Should().Be(42);
        job!.State.Should().Be(JobState.Completed);
        Encoding.UTF8.GetString(job.Args.Span).Should().Be("""{"number":21}""");
        Encoding.UTF8.GetString(job.Result!.Value.Span).Should().Be("42");
        job.Attempts.Should().ContainSingle().Which.ErrorType.Should().BeNull();
    }

    [Fact]
    public async Task A_handler_without_a_result_completes_without_one()
    {
        await using var host = await TestHost.StartAsync(server, static jobs => jobs
            .AddJobHandler<Numbered>("quiet", static (_, _, _) => Task.CompletedTask));

        var id = await host.Jobs.EnqueueAsync("quiet", new Numbered(1));

        (await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20))).Should().BeNull();
        (await host.Jobs.GetAsync(id))!.Result.Should().BeNull();
    }

    [Fact]
    public async Task A_failing_job_retries_then_dies_with_every_error_kept()
    {
        await using var host = await TestHost.StartAsync(server, static jobs => jobs
            .AddJobHandler<Numbered>("fail", static (_, job, _) => throw new InvalidDataException($"attempt {job.Attempt}"), static o => o.MaxRetries = 2));

        var id = await host.Jobs.EnqueueAsync("fail", new Numbered(1));
        var waiting = () => host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20));

        var failure = await waiting.Should().ThrowAsync<JobFailedException>();
        var job = failure.Which.Job;
        job.State.Should().Be(JobState.Dead);
        job.Attempts.Select(a => a.ErrorMessage).Should().Equal("attempt 1", "attempt 2", "attempt 3");
        job.Attempts.Should().OnlyContain(a => a.ErrorType == "System.IO.InvalidDataException" && a.StackTrace != null);
        job.Attempts[^1].NextRetryAt.Should().BeNull();
        (await host.Monitor.GetCountsAsync()).Should().BeEquivalentTo(
            new { Dead = 1L, TotalFailed = 3L, TotalRetried = 2L, Pending = 0L, Running = 0L }, o => o.ExcludingMissingMembers());
    }

    [Fact]
    public async Task A_dead_job_that_is_retried_with_new_arguments_completes_in_a_new_round()
    {
        await using var host = await TestHost.StartAsync(server, static jobs => jobs
            .AddJobHandler<Numbered, int>("positive", static (args, _, _) => args.Number > 0 ? Task.FromResult(args.Number) : throw new InvalidDataException("not positive"), static o => o.MaxRetries = 0));
        var id = await host.Jobs.EnqueueAsync("positive", new Numbered(-1));
        await Eventually.HoldsAsync(async () => (await host.DeadLetters.ListAsync()).Total == 1, "the job is dead");

        await host.DeadLetters.RetryAsync(id, new Numbered(7));

        (await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20))).Should().Be(7);
        var job = await host.Jobs.GetAsync(id);
        job!.Round.Should().Be(2);
        job.Attempts.Should().HaveCount(2);
        (await host.DeadLetters.ListAsync()).Total.Should().Be(0);
    }

    [Fact]
    public async Task A_deleted_dead_letter_is_gone()
    {
        await using var host = await TestHost.StartAsync(server, static jobs => jobs
            .AddJobHandler<Numbered>("fail", static (_, _, _) => throw new InvalidDataException("no"), static o => o.MaxRetries = 0));
        var id = await host.Jobs.EnqueueAsync("fail", new Numbered(1));
        await Eventually.HoldsAsync(async () => (await host.DeadLetters.ListAsync()).Total == 1, "the job is dead");

        await host.DeadLetters.DeleteAsync(id);

        (await host.Jobs.GetAsync(id)).Should().BeNull();
        var again = () => host.DeadLetters.DeleteAsync(id);
        (await again.Should().ThrowAsync<JobStateException>()).Which.ErrorId.Should().Be("JQ1102");
    }

    [Fact]
    public async Task Dead_letters_are_listed_in_pages_newest_first()
    {
        await using var host = await TestHost.StartAsync(server, static jobs => jobs
            .AddJobHandler<Numbered>("fail", static (_, _, _) => throw new InvalidDataException("no"), static o => o.MaxRetries = 0));
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 25).Select(static n => new JobRequest("fail", new Numbered(n))));
        await Eventually.HoldsAsync(async () => (await host.DeadLetters.ListAsync()).Total == 25, "all jobs are dead");

        var seen = new List<Job>();
        string? cursor = null;
        do
        {
            var page = await host.DeadLetters.ListAsync(10, cursor);
            seen.AddRange(page.Jobs);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        seen.Select(j => j.Id).Should().OnlyHaveUniqueItems().And.HaveCount(25);
        seen.Select(j => j.FinishedAt!.Value).Should().HaveCount(25);
    }

    [Fact]
    public async Task A_delayed_job_is_scheduled_first_and_runs_when_it_is_due()
    {
        await using var host = await TestHost.StartAsync(server, static jobs => jobs
            .AddJobHandler<Numbered, int>("echo", static (args, _, _) => Task.FromResult(args.Number)));

        var later = await host.Jobs.EnqueueAsync("echo", new Numbered(1), static o => o.Delay = TimeSpan.FromHours(1));
        var soon = await host.Jobs.EnqueueAsync("echo", new Numbered(2), static o => o.Delay = TimeSpan.FromMilliseconds(300));
        var past = await host.Jobs.EnqueueAsync("echo", new Numbered(3), static o => o.ScheduledAt = DateTimeOffset.UnixEpoch);

        (await host.Jobs.WaitForResultAsync<int>(past, TimeSpan.FromSeconds(20))).Should().Be(3);
        (await host.Jobs.WaitForResultAsync<int>(soon, TimeSpan.FromSeconds(20))).Should().Be(2);
        (await host.Jobs.GetAsync(later))!.State.Should().Be(JobState.Scheduled);
    }

    [Fact]
    public async Task Jobs_of_a_higher_priority_run_first_and_one_priority_is_first_in_first_out()
    {
        var prefix = TestServer.NewPrefix();
        var order = new ConcurrentQueue<int>();
        await using var client = await TestHost.StartAsync(server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (prefix, false));
        JobPriority[] priorities = [JobPriority.Low, JobPriority.Normal, JobPriority.High, JobPriority.Critical];
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 12).Select(n => new JobRequest("note", new Numbered(n)) { Options = { Priority = priorities[n / 3] } }));

        await using var worker = await TestHost.StartAsync(
            server,
            jobs => jobs.AddJobHandler<Numbered>("note", (args, _, _) =>
            {
                order.Enqueue(args.Number);
                return Task.CompletedTask;
            }),
            o => (o.KeyPrefix, o.Concurrency) = (prefix, 1));
        await Eventually.HoldsAsync(() => order.Count == 12, "all jobs have run");

        order.Should().Equal(9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2);
    }

    [Fact]
    public async Task A_worker_with_a_queue_list_leaves_other_queues_alone()
    {
        var prefix = TestServer.NewPrefix();
        await using var host = await TestHost.StartAsync(
            server,
            static jobs => jobs.AddJobHandler<Numbered, int>("echo", static (args, _, _) => Task.FromResult(args.Number)),
            o =>
            {
                o.KeyPrefix = prefix;
                o.Queues.Add("mail");
            });

        var other = await host.Jobs.EnqueueAsync("echo", new Numbered(1), static o => o.Queue = "video");
        var mine = await host.Jobs.EnqueueAsync("echo", new Numbered(2), static o => o.Queue = "mail");

        (await host.Jobs.WaitForResultAsync<int>(mine, TimeSpan.FromSeconds(20))).Should().Be(2);
        (await host.Jobs.GetAsync(other))!.State.Should().Be(JobState.Pending);
    }

    [Fact]
    public async Task An_attempt_over_its_timeout_is_cancelled_and_fails_with_that_reason()
    {
        await using var host = await TestHost.StartAsync(server, static jobs => jobs
            .AddJobHandler<Numbered>("slow", static (_, _, token) => Task.Delay(Timeout.Infinite, token), static o => o.MaxRetries = 0));

        var id = await host.Jobs.EnqueueAsync("slow", new Numbered(1), static o => o.Timeout = TimeSpan.FromMilliseconds(50));
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Dead, "the job is dead");

        (await host.Jobs.GetAsync(id))!.Error.Should().Contain("longer than its timeout of 00:00:00.0500000");
    }

    [Fact]
    public async Task Nothing_ambient_leaks_from_one_job_into_the_next()
    {
        var ambient = new AsyncLocal<string?>();
        await using var host = await TestHost.StartAsync(
            server,
            jobs => jobs.AddJobHandler<Numbered, string?>("look", (args, _, _) =>
            {
                var found = ambient.Value;
                ambient.Value = "left by " + args.Number;
                return Task.FromResult(found);
            }),
            static o => o.Concurrency = 1);
        ambient.Value = "the caller's";

        var ids = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 5).Select(static n => new JobRequest("look", new Numbered(n))));

        foreach (var id in ids)
        {
            (await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20))).Should().BeNull();
        }
    }

    [Fact]
    public async Task Arguments_that_do_not_fit_the_handler_are_not_retried()
    {
        await using var host = await TestHost.StartAsync(server, static jobs => jobs
            .AddJobHandler<Numbered>("typed", static (_, _, _) => Task.CompletedTask));

        var id = await host.Jobs.EnqueueAsync("typed", new { number = "not a number" });
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Dead, "the job is dead");

        (await host.Jobs.GetAsync(id))!.Attempts.Should().ContainSingle().Which.ErrorMessage.Should().Contain("can't be read as");
    }
}
