using System.Diagnostics;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Diagnostics;

/// <summary>The spans of a job's life, from enqueue over a retry to each of its ends.</summary>
public sealed class SpanTests(TestServer server) : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly string _queue = "q-" + Guid.NewGuid().ToString("N")[..8];
    private readonly HeldJobs _held = new();
    private RecordedSpans? _spans;

    private RecordedSpans Spans => _spans ??= new RecordedSpans(_queue);

    [Fact]
    public async Task A_job_that_is_retried_and_completes_has_a_producer_and_two_consumers_in_the_callers_trace()
    {
        await using var host = await StartAsync();
        using var caller = new Activity("the caller's").Start();
        caller.TraceStateString = "vendor=a";
        var id = await host.Jobs.EnqueueAsync("work", new Numbered(2), o => o.Queue = _queue);
        Activity.Current.Should().Be(caller, "the span of the enqueue ends with it");
        caller.Stop();

        await host.Jobs.WaitForResultAsync<int>(id, Soon);

        var send = (await Spans.EndedAsync("send " + _queue, 1)).Should().ContainSingle().Subject;
        (send.Kind, send.ParentSpanId, send.TraceId).Should().Be((ActivityKind.Producer, caller.SpanId, caller.TraceId));
        Tags(send).Should().BeEquivalentTo(new Dictionary<string, object?>
        {
            ["messaging.system"] = "jobqueue",
            ["messaging.operation.name"] = "send",
            ["messaging.operation.type"] = "send",
            ["messaging.destination.name"] = _queue,
            ["messaging.message.id"] = id.ToString(),
            ["jobqueue.job.name"] = "work",
        });
        (await host.Jobs.GetAsync(id))!.TraceParent.Should().Be(send.Id);

        var attempts = await Spans.EndedAsync("process " + _queue, 2);
        attempts.Should().HaveCount(2).And.AllSatisfy(attempt =>
        {
            (attempt.Kind, attempt.ParentSpanId, attempt.TraceId, attempt.HasRemoteParent).Should().Be((ActivityKind.Consumer, send.SpanId, send.TraceId, true));
            attempt.Links.Should().ContainSingle().Which.Context.Should().BeEquivalentTo(new { send.TraceId, send.SpanId });
            attempt.TraceStateString.Should().Be("vendor=a");
        });
        Tags(attempts[0]).Should().BeEquivalentTo(new Dictionary<string, object?>
        {
            ["messaging.system"] = "jobqueue",
            ["messaging.operation.name"] = "process",
            ["messaging.operation.type"] = "process",
            ["messaging.destination.name"] = _queue,
            ["messaging.message.id"] = id.ToString(),
            ["jobqueue.job.name"] = "work",
            ["jobqueue.job.attempt"] = 1,
            ["jobqueue.worker.id"] = host.Pool.WorkerId,
            ["jobqueue.job.outcome"] = "retrying",
            ["error.type"] = "System.IO.InvalidDataException",
        });
        (attempts[0].Status, attempts[0].StatusDescription).Should().Be((ActivityStatusCode.Error, "attempt 1"));
        attempts[0].Events.Should().ContainSingle().Which.Name.Should().Be("exception");
        Tags(attempts[1]).Should().Contain("jobqueue.job.outcome", "completed").And.Contain("jobqueue.job.attempt", 2).And.NotContainKey("error.type");
        (attempts[1].Status, attempts[1].Events.Count()).Should().Be((ActivityStatusCode.Unset, 0));
    }

    [Theory]
    [InlineData("dies", "dead", "System.IO.InvalidDataException")]
    [InlineData("discards", "discarded", null)]
    [InlineData("times_out", "dead", "System.TimeoutException")]
    [InlineData("snoozes", "snoozed", null)]
    public async Task Each_end_of_an_attempt_has_its_outcome(string name, string outcome, string? errorType)
    {
        await using var host = await StartAsync();

        await host.Jobs.EnqueueAsync(name, new Numbered(1), o => (o.Queue, o.MaxRetries) = (_queue, 0));

        var attempt = (await Spans.EndedAsync("process " + _queue, 1))[0];
        Tags(attempt).Should().Contain("jobqueue.job.outcome", outcome);
        attempt.GetTagItem("error.type").Should().Be(errorType);
        attempt.Status.Should().Be(errorType is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error);
        attempt.Events.Should().HaveCount(errorType is null ? 0 : 1);
    }

    [Fact]
    public async Task A_cancelled_attempt_and_one_that_goes_back_at_shutdown_say_so()
    {
        await using var host = await StartAsync(o => o.ShutdownTimeout = TimeSpan.Zero);
        var cancelled = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1), o => o.Queue = _queue);
        var first = await _held.NextAsync();
        await host.Jobs.CancelAsync(cancelled);
        await first.ObeyAsync();
        var span = (await Spans.EndedAsync("process " + _queue, 1))[0];
        (span.GetTagItem("jobqueue.job.outcome"), span.Status).Should().Be(("cancelled", ActivityStatusCode.Unset));

        await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(2), o => o.Queue = _queue);
        var second = await _held.NextAsync();
        var stop = host.StopAsync();
        await second.ObeyAsync();
        await stop;

        (await Spans.EndedAsync("process " + _queue, 2))[1].GetTagItem("jobqueue.job.outcome").Should().Be("handed_back");
    }

    [Fact]
    public async Task A_handler_that_is_given_up_keeps_its_span_until_it_ends()
    {
        await using var host = await StartAsync(static o => o.TimeoutGrace = TimeSpan.FromMilliseconds(20));
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1), o => (o.Queue, o.Timeout, o.MaxRetries) = (_queue, TimeSpan.FromMilliseconds(50), 0));
        var attempt = await _held.NextAsync();
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Dead, "its job is reported without it");
        Spans.Ended.Should().NotContain(static span => span.Kind == ActivityKind.Consumer);

        attempt.Return("late");

        var span = (await Spans.EndedAsync("process " + _queue, 1))[0];
        (span.GetTagItem("jobqueue.job.outcome"), span.Status).Should().Be(("given_up", ActivityStatusCode.Error));
    }

    [Fact]
    public async Task A_bulk_call_has_one_span_with_its_number_of_jobs_and_each_job_continues_it()
    {
        await using var host = await StartAsync();
        using var caller = new Activity("the caller's").Start();
        Spans.Follow(caller);

        var ids = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 3).Select(n => With(new JobRequest("work", new Numbered(1)), _queue)));
        await host.Jobs.EnqueueManyAsync([With(new JobRequest("other", 1), _queue), With(new JobRequest("other", 1), _queue + "-2")]);

        var send = (await Spans.EndedAsync("send " + _queue, 1)).Should().ContainSingle().Subject;
        Tags(send).Should().Contain("messaging.batch.message_count", 3).And.NotContainKey("messaging.message.id");
        (await Spans.EndedAsync("send", 1)).Should().ContainSingle().Which.GetTagItem("messaging.destination.name").Should().BeNull("the jobs go to two queues");
        foreach (var attempt in (await Spans.EndedAsync("process " + _queue, 3)).Where(span => ids.Any(id => id.ToString().Equals(span.GetTagItem("messaging.message.id")))))
        {
            attempt.ParentSpanId.Should().Be(send.SpanId);
        }
    }

    [Fact]
    public async Task A_refused_enqueue_is_an_error_of_its_span()
    {
        await using var host = await StartAsync();

        var enqueue = () => host.Jobs.EnqueueAsync("work", new Numbered(1), o => (o.Queue, o.MaxRetries) = (_queue, 101));

        await enqueue.Should().ThrowAsync<InvalidJobException>();
        var send = (await Spans.EndedAsync("send " + _queue, 1))[0];
        (send.Status, send.GetTagItem("error.type")).Should().Be((ActivityStatusCode.Error, "JobQueue.InvalidJobException"));
    }

    [Fact]
    public async Task A_job_without_a_trace_begins_one_and_what_is_no_trace_is_not_followed()
    {
        await using var store = await Store.OpenAsync(server);
        var records = new[] { null, "no trace", new string('0', 55) }.Select((trace, n) => new JobRecord
        {
            Id = TestJob.Id($"{n}"),
            Name = "work",
            Queue = _queue,
            Priority = JobPriority.Normal,
            Args = """{"number":1}"""u8.ToArray(),
            CreatedAt = TestJob.LongAgo,
            TraceParent = trace,
        }).ToList();
        await store.SeedAsync(seed =>
        {
            foreach (var (record, n) in records.Select(static (record, n) => (record, n)))
            {
                seed.PendingIn(record.Line, $"{n}").Text("job:" + record.Id, JobRecordWriter.Write(record));
            }
        });

        await using var host = await StartAsync(o => o.KeyPrefix = store.Prefix);

        var attempts = await Spans.EndedAsync("process " + _queue, 3);
        attempts.Should().AllSatisfy(static attempt => (attempt.ParentSpanId, attempt.Links.Count()).Should().Be((default, 0)));
        attempts.Select(static attempt => attempt.TraceId).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task The_handler_sees_its_span_and_nothing_of_the_one_before()
    {
        await using var host = await StartAsync(static o => o.Concurrency = 1);
        foreach (var _ in Enumerable.Range(0, 4))
        {
            await host.Jobs.EnqueueAsync("looks", new Numbered(1), o => o.Queue = _queue);
        }

        var attempts = await Spans.EndedAsync("process " + _queue, 4);

        attempts.Select(static attempt => attempt.GetTagItem("left")).Should().Equal(Enumerable.Repeat<object?>("by its own handler", 4));
        attempts.Should().AllSatisfy(static attempt => attempt.Status.Should().Be(ActivityStatusCode.Unset));
    }

    [Fact]
    public async Task A_listener_that_throws_costs_no_job_anything()
    {
        var queue = _queue + "-bad";
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "JobQueue",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Kind == ActivityKind.Consumer && options.Tags!.Contains(new("messaging.destination.name", queue))
                ? ActivitySamplingResult.AllData
                : ActivitySamplingResult.None,
            ActivityStarted = span => ThrowIfOurs(span, queue),
            ActivityStopped = span => ThrowIfOurs(span, queue),
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await StartAsync();

        var ids = new List<JobId>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add(await host.Jobs.EnqueueAsync("work", new Numbered(1), o => o.Queue = queue));
        }

        foreach (var id in ids)
        {
            (await host.Jobs.WaitForResultAsync<int>(id, Soon)).Should().Be(1);
            (await host.Jobs.GetAsync(id))!.Attempts.Should().HaveCount(1);
        }
    }

    public void Dispose()
    {
        _held.Dispose();
        _spans?.Dispose();
    }

    private static void ThrowIfOurs(Activity span, string queue)
    {
        if (queue.Equals(span.GetTagItem("messaging.destination.name")))
        {
            throw new InvalidOperationException("a broken listener");
        }
    }

    private static JobRequest With(JobRequest request, string queue)
    {
        request.Options.Queue = queue;
        return request;
    }

    private static Dictionary<string, object?> Tags(Activity span) => span.TagObjects.ToDictionary(static tag => tag.Key, static tag => tag.Value);

    private Task<TestHost> StartAsync(Action<JobQueueOptions>? configure = null)
    {
        _ = Spans;
        return TestHost.StartAsync(
            server,
            jobs =>
            {
                _held.AddTo(jobs);
                jobs.AddJobHandler<Numbered, int>("work", static (args, job, _) => job.Attempt < args.Number
                        ? throw new InvalidDataException($"attempt {job.Attempt}")
                        : Task.FromResult(job.Attempt))
                    .AddJobHandler<Numbered>("dies", static (_, _, _) => throw new InvalidDataException("dead"))
                    .AddJobHandler<Numbered>("discards", static (_, job, _) => Do(() => job.Discard("enough")))
                    .AddJobHandler<Numbered>("snoozes", static (_, job, _) => Do(() => job.Snooze(TimeSpan.FromHours(1))))
                    .AddJobHandler<Numbered>(
                        "times_out",
                        static (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token),
                        static o => o.Timeout = TimeSpan.FromMilliseconds(20))
                    .AddJobHandler<Numbered>("looks", static (_, _, _) => Do(static () =>
                    {
                        var mine = Activity.Current!;
                        (mine.Kind, mine.GetTagItem("left")).Should().Be((ActivityKind.Consumer, null));
                        mine.SetTag("left", "by its own handler");
                        new Activity("never stopped").Start();
                    }));
            },
            configure);
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
