using System.Text.Json;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>A step of a job that was done is not done again.</summary>
public sealed class OnceTests(TestServer server) : IDisposable
{
    private readonly HeldJobs _held = new();
    private int _runs;

    public void Dispose() => _held.Dispose();

    [Fact]
    public async Task A_step_runs_once_over_a_retry_a_snooze_and_a_requeue_by_a_person_and_gives_the_first_result()
    {
        await using var host = await StartAsync(static o => o.MaxRetries = 1);
        var id = await EnqueueAsync(host);
        foreach (var end in new Action<HeldAttempt>[]
        {
            static attempt => attempt.Throw(new InvalidOperationException("no")),
            static attempt => attempt.Job.Snooze(TimeSpan.FromMilliseconds(1)),
            static attempt => attempt.Throw(new InvalidOperationException("no")),
        })
        {
            var attempt = await _held.NextAsync();
            (await attempt.Job.OnceAsync("draw", DrawAsync)).Should().Be(new Drawn(1, "run 1"));
            await attempt.Job.OnceAsync("note", NoteAsync);
            end(attempt);
            attempt.Return(null);
        }

        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Dead, "it is dead");
        await host.DeadLetters.RetryAsync(id);
        var last = await _held.NextAsync();

        (await last.Job.OnceAsync("draw", DrawAsync)).Should().Be(new Drawn(1, "run 1"));
        await last.Job.OnceAsync("note", NoteAsync);
        _runs.Should().Be(2, "each step ran once");
        (await last.Job.OnceAsync("another", DrawAsync)).Number.Should().Be(3);
        await CompleteAsync(host, id, last);
    }

    [Fact]
    public async Task A_step_of_another_job_is_another_step()
    {
        await using var host = await StartAsync();
        await EnqueueAsync(host);
        await EnqueueAsync(host);
        var (first, second) = (await _held.NextAsync(), await _held.NextAsync());

        await first.Job.OnceAsync("draw", DrawAsync);
        (await second.Job.OnceAsync("draw", DrawAsync)).Number.Should().Be(2);
        first.Return(null);
        second.Return(null);
    }

    [Fact]
    public async Task Calls_of_one_step_at_the_same_time_run_it_once_and_share_its_result()
    {
        await using var host = await StartAsync();
        await EnqueueAsync(host);
        var attempt = await _held.NextAsync();
        var going = new TaskCompletionSource();

        var calls = Enumerable.Range(0, 20).Select(_ => attempt.Job.OnceAsync("draw", async token =>
        {
            await going.Task.WaitAsync(token);
            return await DrawAsync(token);
        })).ToArray();
        going.SetResult();

        (await Task.WhenAll(calls)).Should().OnlyContain(static drawn => drawn == new Drawn(1, "run 1"));
        attempt.Return(null);
    }

    [Fact]
    public async Task A_step_that_throws_is_not_done_and_may_be_tried_again_in_the_same_attempt()
    {
        await using var host = await StartAsync();
        await EnqueueAsync(host);
        var attempt = await _held.NextAsync();

        var failing = () => attempt.Job.OnceAsync<Drawn>("draw", static _ => throw new InvalidOperationException("no"));
        await failing.Should().ThrowAsync<InvalidOperationException>().WithMessage("no");
        (await attempt.Job.OnceAsync("draw", DrawAsync)).Number.Should().Be(1);
        attempt.Return(null);
    }

    [Fact]
    public async Task A_step_gets_the_jobs_token()
    {
        await using var host = await StartAsync();
        var id = await EnqueueAsync(host);
        var attempt = await _held.NextAsync();

        var step = attempt.Job.OnceAsync("wait", static token => Task.Delay(Timeout.Infinite, token));
        await host.Jobs.CancelAsync(id);

        await FluentActions.Awaiting(() => step).Should().ThrowAsync<OperationCanceledException>();
        var later = () => attempt.Job.OnceAsync("later", DrawAsync);
        await later.Should().ThrowAsync<OperationCanceledException>("no step begins when the token has fired");
        _runs.Should().Be(0);
        attempt.Throw(new OperationCanceledException());
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Cancelled, "it is cancelled");
    }

    [Fact]
    public async Task Results_come_back_as_the_serialiser_of_the_host_reads_them()
    {
        await using var host = await StartAsync();
        await EnqueueAsync(host);
        var first = await _held.NextAsync();
        await first.Job.OnceAsync("null", static _ => Task.FromResult<string?>(null));
        await first.Job.OnceAsync("number", static _ => Task.FromResult(1234567890123456789L));
        await first.Job.OnceAsync("list", static _ => Task.FromResult(Array.Empty<string>()));
        await first.Job.OnceAsync("json", static _ => Task.FromResult(JsonSerializer.Deserialize<JsonElement>("""{"a":[],"b":1.10}""")));
        first.Throw(new InvalidOperationException("no"));
        var second = await _held.NextAsync();

        (await second.Job.OnceAsync<string?>("null", NeverAsync<string?>)).Should().BeNull();
        (await second.Job.OnceAsync("number", NeverAsync<long>)).Should().Be(1234567890123456789L);
        (await second.Job.OnceAsync("list", NeverAsync<string[]>)).Should().BeEmpty();
        (await second.Job.OnceAsync("json", NeverAsync<JsonElement>)).GetRawText().Should().Be("""{"a":[],"b":1.10}""");
        await second.Job.OnceAsync("number", static _ => Task.CompletedTask);
        second.Return(null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("-x")]
    public Task A_step_whose_name_is_not_valid_ends_the_job(string step)
        => EndsTheJobAsync("JQ1051", job => job.OnceAsync(step, DrawAsync), expectedRuns: 0);

    [Fact]
    public Task A_result_that_is_too_large_ends_the_job_because_to_go_on_would_repeat_the_step()
        => EndsTheJobAsync(
            "JQ1053",
            job => job.OnceAsync("large", _ => Task.FromResult(new string('x', 64 * 1_024 - 1 + Interlocked.Increment(ref _runs)))),
            expectedRuns: 1);

    [Fact]
    public Task A_result_that_can_not_be_written_ends_the_job()
        => EndsTheJobAsync("JQ1054", job => job.OnceAsync("cycle", _ => Task.FromResult(new Cycle(Interlocked.Increment(ref _runs)))), expectedRuns: 1);

    [Fact]
    public Task A_stored_result_of_another_type_ends_the_job()
        => EndsTheJobAsync(
            "JQ1055",
            async job =>
            {
                await job.OnceAsync("draw", DrawAsync);
                await job.OnceAsync("draw", NeverAsync<int>);
            },
            expectedRuns: 1);

    [Fact]
    public Task A_job_has_256_steps_at_the_most()
        => EndsTheJobAsync(
            "JQ1052",
            async job =>
            {
                await Task.WhenAll(Enumerable.Range(0, 256).Select(number => job.OnceAsync($"step{number}", DrawAsync)));
                await job.OnceAsync("step0", NeverAsync<Drawn>);
                await job.OnceAsync("one-more", DrawAsync);
            },
            expectedRuns: 256);

    [Fact]
    public async Task A_result_of_64_KiB_is_kept()
    {
        await using var host = await StartAsync();
        await EnqueueAsync(host);
        var first = await _held.NextAsync();
        var large = new string('x', (64 * 1_024) - 2);
        await first.Job.OnceAsync("large", _ => Task.FromResult(large));
        first.Throw(new InvalidOperationException("no"));

        var second = await _held.NextAsync();

        (await second.Job.OnceAsync("large", NeverAsync<string>)).Should().Be(large);
        second.Return(null);
    }

    private async Task EndsTheJobAsync(string errorId, Func<JobContext, Task> handler, int expectedRuns)
    {
        await using var host = await TestHost.StartAsync(
            server, jobs => jobs.AddJobHandler<Numbered>("steps", async (_, job, _) => await handler(job)));
        var id = await host.Jobs.EnqueueAsync("steps", new Numbered(1));

        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Dead, "it is dead");

        (await host.Jobs.GetAsync(id))!.Attempts.Should().ContainSingle().Which.ErrorMessage.Should().StartWith(errorId + ": ");
        _runs.Should().Be(expectedRuns);
    }

    private Task<Drawn> DrawAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var number = Interlocked.Increment(ref _runs);
        return Task.FromResult(new Drawn(number, $"run {number}"));
    }

    private Task NoteAsync(CancellationToken cancellationToken) => DrawAsync(cancellationToken);

    private static Task<T> NeverAsync<T>(CancellationToken cancellationToken) => throw new InvalidOperationException("This step was done before.");

    private Task<TestHost> StartAsync(Action<JobHandlerOptions>? configure = null) => TestHost.StartAsync(server, jobs => _held.AddTo(jobs, configure));

    private static Task<JobId> EnqueueAsync(TestHost host) => host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));

    private static async Task CompleteAsync(TestHost host, JobId id, HeldAttempt attempt)
    {
        attempt.Return(null);
        await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20));
    }

    private sealed record Drawn(int Number, string Text);

    private sealed class Cycle(int number)
    {
        public int Number { get; } = number;

        public Cycle Self => this;
    }
}
