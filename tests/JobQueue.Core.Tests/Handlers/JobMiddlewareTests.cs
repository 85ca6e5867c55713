using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Core.Tests.Handlers;

/// <summary>What a middleware around handlers may do, each seen in the job that comes out of it.</summary>
public sealed class JobMiddlewareTests(TestServer server)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<string> _log = new();

    [Fact]
    public async Task They_run_in_the_order_they_were_added_and_share_items_with_the_handler()
    {
        await using var host = await StartAsync(
            async (job, next) =>
            {
                job.Items["who"] = "outer";
                _log.Enqueue("outer in");
                await next(job);
                _log.Enqueue("outer out, " + job.Items["who"]);
            },
            async (job, next) =>
            {
                _log.Enqueue("inner in, " + job.Items["who"]);
                job.Items["who"] = "inner";
                await next(job);
                _log.Enqueue("inner out");
            },
            job =>
            {
                _log.Enqueue("handler, " + job.Items["who"]);
                job.Items["who"] = "handler";
                return Task.CompletedTask;
            });

        await CompletesAsync(host);
        await CompletesAsync(host);

        string[] once = ["outer in", "inner in, outer", "handler, inner", "inner out", "outer out, handler"];
        _log.Should().Equal([.. once, .. once], "the items of one attempt are not the next one's");
    }

    [Fact]
    public async Task One_that_does_not_call_next_completes_the_job_with_its_own_result()
    {
        await using var host = await StartAsync(
            static (job, _) =>
            {
                job.SetResult("cached");
                return Task.CompletedTask;
            },
            handler: static _ => throw new InvalidOperationException("must not run"));

        (await ResultAsync(host)).Should().Be("cached");
    }

    [Fact]
    public async Task One_reads_the_handlers_result_and_puts_another_in_its_place()
    {
        ReadOnlyMemory<byte>? seen = null;
        await using var host = await StartAsync(
            async (job, next) =>
            {
                job.Result.Should().BeNull();
                await next(job);
                seen = job.Result;
                job.SetResult("replaced");
            },
            handler: static job =>
            {
                job.SetResult("original");
                return Task.CompletedTask;
            });

        (await ResultAsync(host)).Should().Be("replaced");
        seen!.Value.Span.SequenceEqual("\"original\""u8).Should().BeTrue();
    }

    [Fact]
    public async Task One_puts_the_job_off_until_it_may_run()
    {
        await using var host = await StartAsync((job, next) =>
        {
            if (job.Snoozes < 2)
            {
                job.Snooze(TimeSpan.FromMilliseconds(1));
                return Task.CompletedTask;
            }

            return next(job);
        });

        var id = await CompletesAsync(host);

        (await host.Jobs.GetAsync(id)).Should().BeEquivalentTo(new { Snoozes = 2, RetryCount = 0 });
        (await host.Jobs.GetAsync(id))!.Attempts.Should().HaveCount(1);
    }

    [Fact]
    public async Task One_gives_the_job_up()
    {
        await using var host = await StartAsync(static (job, _) =>
        {
            job.Discard("tenant is gone");
            return Task.CompletedTask;
        });

        (await DiesAsync(host)).Reason.Should().Contain("tenant is gone");
    }

    [Fact]
    public async Task One_translates_an_exception_into_another_or_into_a_success()
    {
        await using var host = await StartAsync(
            static async (job, next) =>
            {
                try
                {
                    await next(job);
                }
                catch (InvalidDataException) when (job.Attempt == 2)
                {
                    job.SetResult("good enough");
                }
            },
            static async (job, next) =>
            {
                try
                {
                    await next(job);
                }
                catch (FormatException e)
                {
                    throw new InvalidDataException("translated", e);
                }
            },
            static _ => throw new FormatException("raw"));

        var id = await CompletesAsync(host);

        (await host.Jobs.GetAsync(id))!.Attempts.Select(static attempt => attempt.ErrorType).Should().Equal(typeof(InvalidDataException).FullName, null);
    }

    [Fact]
    public async Task One_gives_the_handler_a_token_of_its_own()
    {
        await using var host = await StartAsync(
            static async (job, next) =>
            {
                using var own = CancellationTokenSource.CreateLinkedTokenSource(job.CancellationToken);
                (var given, job.CancellationToken) = (job.CancellationToken, own.Token);
                await own.CancelAsync();
                await next(job);
                job.CancellationToken = given;
            },
            handler: static job =>
            {
                job.SetResult(job.CancellationToken.IsCancellationRequested);
                return Task.CompletedTask;
            });

        var id = await host.Jobs.EnqueueAsync("work", new Numbered(1));

        (await host.Jobs.WaitForResultAsync<bool>(id, Soon)).Should().BeTrue();
    }

    [Fact]
    public async Task Calling_next_again_runs_the_handler_again_within_the_attempt()
    {
        var runs = 0;
        await using var host = await StartAsync(
            static async (job, next) =>
            {
                await next(job);
                await next(job);
            },
            handler: job =>
            {
                job.SetResult(Interlocked.Increment(ref runs).ToString(null, null));
                return Task.CompletedTask;
            });

        (await ResultAsync(host)).Should().Be("2");
    }

    [Fact]
    public async Task One_is_made_by_each_attempts_scope_with_what_the_handler_gets_from_it()
    {
        await using var host = await TestHost.StartAsync(server, jobs =>
        {
            jobs.Services.AddScoped<ScopedThing>();
            jobs.AddJobMiddleware<UsesScope>();
            jobs.AddJobHandler("work", new JobHandlerOptions(), job =>
            {
                job.SetResult(job.Services.GetRequiredService<ScopedThing>().Touched);
                return Task.CompletedTask;
            });
        });

        foreach (var _ in Enumerable.Range(0, 3))
        {
            var id = await host.Jobs.EnqueueAsync("work", new Numbered(1));
            (await host.Jobs.WaitForResultAsync<int>(id, Soon)).Should().Be(1, "each attempt has a thing of its own");
        }
    }

    [Fact]
    public async Task They_run_around_a_handler_that_blocks_its_thread_but_not_on_its_thread()
    {
        await using var host = await TestHost.StartAsync(server, jobs => Add(
            jobs,
            async (job, next) =>
            {
                _log.Enqueue(Thread.CurrentThread.IsThreadPoolThread ? "pool" : "own");
                await next(job);
                job.SetResult("after " + _log.Count);
            },
            null,
            job =>
            {
                _log.Enqueue(Thread.CurrentThread.IsThreadPoolThread ? "pool" : "own");
                return Task.CompletedTask;
            },
            static o => o.RunsSynchronously = true));

        (await ResultAsync(host)).Should().Be("after 2");
        _log.Should().Equal("pool", "own");
    }

    private Task<TestHost> StartAsync(
        Func<JobContext, Func<JobContext, Task>, Task> outer, Func<JobContext, Func<JobContext, Task>, Task>? inner = null, Func<JobContext, Task>? handler = null)
        => TestHost.StartAsync(server, jobs => Add(jobs, outer, inner, handler));

    private static void Add(
        JobQueueBuilder jobs,
        Func<JobContext, Func<JobContext, Task>, Task> outer,
        Func<JobContext, Func<JobContext, Task>, Task>? inner,
        Func<JobContext, Task>? handler,
        Action<JobHandlerOptions>? configure = null)
    {
        jobs.Services.AddScoped(_ => new Outer(outer)).AddScoped(_ => new Inner(inner ?? (static (job, next) => next(job))));
        var options = new JobHandlerOptions();
        configure?.Invoke(options);
        jobs.AddJobMiddleware<Outer>().AddJobMiddleware<Inner>().AddJobHandler("work", options, handler ?? (static _ => Task.CompletedTask));
    }

    private static async Task<JobId> CompletesAsync(TestHost host)
    {
        var id = await host.Jobs.EnqueueAsync("work", new Numbered(1));
        await host.Jobs.WaitForResultAsync<string>(id, Soon);
        return id;
    }

    private static async Task<string?> ResultAsync(TestHost host)
        => await host.Jobs.WaitForResultAsync<string>(await host.Jobs.EnqueueAsync("work", new Numbered(1)), Soon);

    private static async Task<Job> DiesAsync(TestHost host)
    {
        var id = await host.Jobs.EnqueueAsync("work", new Numbered(1));
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Dead, "the job is dead");
        return (await host.Jobs.GetAsync(id))!;
    }

    private sealed class ScopedThing
    {
        public int Touched { get; set; }
    }

    private sealed class UsesScope(ScopedThing thing) : IJobMiddleware
    {
        public Task InvokeAsync(JobContext job, Func<JobContext, Task> next)
        {
            thing.Touched++;
            return next(job);
        }
    }
}
