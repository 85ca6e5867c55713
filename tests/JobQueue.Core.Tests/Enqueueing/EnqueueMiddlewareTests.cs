using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Core.Tests.Enqueueing;

/// <summary>What a middleware around enqueues may do, each seen in what is stored and answered.</summary>
public sealed class EnqueueMiddlewareTests(TestServer server)
{
    private readonly List<string> _log = [];

    private delegate Task<IReadOnlyList<JobId>> Next(IReadOnlyList<JobRequest> jobs);

    [Fact]
    public async Task They_run_in_the_order_they_were_added_around_one_and_many_and_change_options()
    {
        await using var client = await StartAsync(
            async (jobs, next) =>
            {
                _log.Add($"outer in {jobs.Count}");
                var ids = await next(jobs);
                _log.Add($"outer out {ids.Count}");
                return ids;
            },
            (jobs, next) =>
            {
                _log.Add($"inner {jobs.Count}");
                foreach (var job in jobs)
                {
                    job.Options.Headers["tenant"] = "t-1";
                    (job.Options.Queue, job.Options.Priority) = ("by-middleware", JobPriority.Low);
                }

                return next(jobs);
            });

        var one = await client.Jobs.EnqueueAsync("work", new Numbered(1), static o => o.Queue = "asked-for");
        var many = await client.Jobs.EnqueueManyAsync([new("work", new Numbered(2)), new("work", new Numbered(3))]);

        _log.Should().Equal("outer in 1", "inner 1", "outer out 1", "outer in 2", "inner 2", "outer out 2");
        foreach (var id in many.Append(one))
        {
            (await client.Jobs.GetAsync(id)).Should().BeEquivalentTo(
                new { Queue = "by-middleware", Priority = JobPriority.Low, Headers = new Dictionary<string, string> { ["tenant"] = "t-1" } });
        }
    }

    [Fact]
    public async Task Jobs_that_one_leaves_out_are_not_stored_and_have_no_id()
    {
        await using var client = await StartAsync(static (jobs, next) => next([.. jobs.Where(static job => ((Numbered)job.Args!).Number % 2 == 0)]));

        var ids = await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 5).Select(static n => new JobRequest("work", new Numbered(n))));
        var none = await client.Jobs.EnqueueManyAsync([new JobRequest("work", new Numbered(7))]);
        var one = () => client.Jobs.EnqueueAsync("work", new Numbered(7));

        ids.Should().HaveCount(3);
        none.Should().BeEmpty();
        (await one.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ1063");
        (await client.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(3);
    }

    [Fact]
    public async Task A_caller_of_one_gets_its_own_jobs_id_when_one_adds_jobs_and_the_standins_when_one_replaces_it()
    {
        await using var client = await StartAsync(static (jobs, next) => next(jobs[0].Name == "replaced"
            ? [new JobRequest("stand_in", jobs[0].Args)]
            : [new JobRequest("audit", jobs.Count), .. jobs]));

        var own = await client.Jobs.EnqueueAsync("work", new Numbered(1));
        var standIn = await client.Jobs.EnqueueAsync("replaced", new Numbered(1));

        (await client.Jobs.GetAsync(own))!.Name.Should().Be("work");
        (await client.Jobs.GetAsync(standIn))!.Name.Should().Be("stand_in");
        (await client.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(3);
    }

    [Fact]
    public async Task One_answers_the_id_of_a_job_that_exists_in_place_of_another()
    {
        var existing = JobId.FromKey("once");
        await using var client = await StartAsync(async (jobs, next) =>
        {
            try
            {
                return await next(jobs);
            }
            catch (DuplicateJobException e)
            {
                return e.JobIds;
            }
        });

        var first = await client.Jobs.EnqueueAsync("work", new Numbered(1), o => o.Id = existing);
        var second = await client.Jobs.EnqueueAsync("work", new Numbered(1), o => o.Id = existing);

        (first, second).Should().Be((existing, existing));
    }

    [Fact]
    public async Task What_one_throws_is_the_callers_and_nothing_is_stored()
    {
        await using var client = await StartAsync(static (_, _) => throw new UnauthorizedAccessException("no tenant"));

        var one = () => client.Jobs.EnqueueAsync("work", new Numbered(1));
        var many = () => client.Jobs.EnqueueManyAsync([new JobRequest("work", new Numbered(1))]);

        await one.Should().ThrowAsync<UnauthorizedAccessException>();
        await many.Should().ThrowAsync<UnauthorizedAccessException>();
        (await client.Jobs.EnqueueManyAsync([])).Should().BeEmpty("it is not asked about nothing");
        (await client.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(0);
    }

    [Fact]
    public async Task What_one_sets_is_checked_like_a_callers_and_null_is_no_answer()
    {
        await using var client = await StartAsync(static (jobs, next) =>
        {
            if (jobs[0].Name == "null")
            {
                return Task.FromResult<IReadOnlyList<JobId>>(null!);
            }

            jobs[0].Options.MaxRetries = 101;
            return next(jobs);
        });

        var invalid = () => client.Jobs.EnqueueAsync("work", new Numbered(1));
        var answered = () => client.Jobs.EnqueueAsync("null", new Numbered(1));

        (await invalid.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1008");
        (await answered.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ1064");
    }

    [Fact]
    public async Task A_typed_call_writes_its_arguments_as_the_type_it_declares_with_and_without_middlewares()
    {
        await using var with = await StartAsync(static (jobs, next) => next(jobs));
        await using var without = await TestHost.StartAsync(server, static _ => { }, static o => o.RunWorkers = false);

        var stored = new List<string>();
        foreach (var client in new[] { with, without })
        {
            var id = await client.Jobs.EnqueueAsync<Shape>("work", new Circle(2) { Name = "c" });
            stored.Add(Encoding.UTF8.GetString((await client.Jobs.GetAsync(id))!.Args.Span));
        }

        stored.Should().Equal("""{"$type":"circle","radius":2,"name":"c"}""", """{"$type":"circle","radius":2,"name":"c"}""");
    }

    [Fact]
    public async Task A_copy_passes_by_with_its_arguments_to_look_at_and_keeps_their_bytes()
    {
        JsonElement? seen = null;
        await using var host = await StartAsync((jobs, next) =>
        {
            seen = jobs[0].Args as JsonElement?;
            jobs[0].Options.Headers["seen"] = "yes";
            return next(jobs);
        });
        const string Args = "{ \"number\" : 1,  \"number\":2 }";
        var id = await host.Jobs.EnqueueAsync("work", new RawJson(Args));
        await host.Jobs.CancelAsync(id);

        var copy = await host.Jobs.CopyAsync(id);

        seen!.Value.GetProperty("number").GetInt32().Should().Be(2);
        var job = (await host.Jobs.GetAsync(copy))!;
        Encoding.UTF8.GetString(job.Args.Span).Should().Be(Args);
        job.Headers.Should().ContainKey("seen");
    }

    [Fact]
    public async Task One_may_use_the_queue_itself_and_is_made_once_when_the_host_starts()
    {
        UsesQueue.Made = 0;
        await using var client = await TestHost.StartAsync(server, static jobs => jobs.AddEnqueueMiddleware<UsesQueue>(), static o => o.RunWorkers = false);
        UsesQueue.Made.Should().Be(1);

        await client.Jobs.EnqueueAsync("work", new Numbered(1));
        await client.Jobs.EnqueueAsync("work", new Numbered(2));

        UsesQueue.Made.Should().Be(1);
        (await client.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(4, "each has an audit beside it");
    }

    [Fact]
    public async Task The_callers_token_reaches_the_middleware_and_the_store()
    {
        using var cancelled = new CancellationTokenSource();
        await using var client = await StartAsync((jobs, next) =>
        {
            cancelled.Cancel();
            return next(jobs);
        });

        var one = () => client.Jobs.EnqueueAsync("work", new Numbered(1), cancellationToken: cancelled.Token);

        await one.Should().ThrowAsync<OperationCanceledException>();
    }

    private Task<TestHost> StartAsync(
        Func<IReadOnlyList<JobRequest>, Next, Task<IReadOnlyList<JobId>>> outer, Func<IReadOnlyList<JobRequest>, Next, Task<IReadOnlyList<JobId>>>? inner = null)
        => TestHost.StartAsync(
            server,
            jobs =>
            {
                jobs.Services.AddSingleton(new Outer(outer)).AddSingleton(new Inner(inner ?? (static (jobs, next) => next(jobs))));
                jobs.AddEnqueueMiddleware<Outer>().AddEnqueueMiddleware<Inner>();
            },
            static o => o.RunWorkers = false);

    [JsonDerivedType(typeof(Circle), "circle")]
    private abstract record Shape
    {
        public string? Name { get; init; }
    }

    private sealed record Circle(int Radius) : Shape;

    private sealed class Outer(Func<IReadOnlyList<JobRequest>, Next, Task<IReadOnlyList<JobId>>> invoke) : IEnqueueMiddleware
    {
        public Task<IReadOnlyList<JobId>> InvokeAsync(
            IReadOnlyList<JobRequest> jobs, Func<IReadOnlyList<JobRequest>, Task<IReadOnlyList<JobId>>> next, CancellationToken cancellationToken)
            => invoke(jobs, next.Invoke);
    }

    private sealed class Inner(Func<IReadOnlyList<JobRequest>, Next, Task<IReadOnlyList<JobId>>> invoke) : IEnqueueMiddleware
    {
        public Task<IReadOnlyList<JobId>> InvokeAsync(
            IReadOnlyList<JobRequest> jobs, Func<IReadOnlyList<JobRequest>, Task<IReadOnlyList<JobId>>> next, CancellationToken cancellationToken)
            => invoke(jobs, next.Invoke);
    }

    private sealed class UsesQueue : IEnqueueMiddleware
    {
        private readonly Lazy<IJobQueue> _queue;

        public UsesQueue(IServiceProvider services)
        {
            Made++;
            _queue = new Lazy<IJobQueue>(services.GetRequiredService<IJobQueue>);
        }

        public static int Made { get; set; }

        public async Task<IReadOnlyList<JobId>> InvokeAsync(
            IReadOnlyList<JobRequest> jobs, Func<IReadOnlyList<JobRequest>, Task<IReadOnlyList<JobId>>> next, CancellationToken cancellationToken)
        {
            if (jobs[0].Name != "audit")
            {
                await _queue.Value.EnqueueAsync("audit", jobs.Count, cancellationToken: cancellationToken);
            }

            return await next(jobs);
        }
    }
}
