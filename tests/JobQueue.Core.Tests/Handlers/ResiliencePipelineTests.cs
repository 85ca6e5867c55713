using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Registry;
using Polly.Retry;

namespace JobQueue.Core.Tests.Handlers;

/// <summary>Polly pipelines that handlers name.</summary>
public sealed class ResiliencePipelineTests(TestServer server)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<CancellationToken> _handlersTokens = new();
    private readonly ConcurrentQueue<CancellationToken> _middlewaresTokens = new();

    [Fact]
    public async Task What_a_pipeline_repeats_uses_no_attempt_of_the_job()
    {
        await using var host = await StartAsync(static job => job.Id.IsEmpty ? null : "done", failures: 2);

        var id = await host.Jobs.EnqueueAsync("work", new Numbered(1));

        (await host.Jobs.WaitForResultAsync<string>(id, Soon)).Should().Be("done");
        var job = (await host.Jobs.GetAsync(id))!;
        (job.RetryCount, job.Attempts.Count).Should().Be((0, 1));
        _handlersTokens.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_pipeline_that_gives_up_fails_the_attempt_like_any_handler()
    {
        await using var host = await StartAsync(static _ => "done", failures: 5);

        var id = await host.Jobs.EnqueueAsync("work", new Numbered(1));

        (await host.Jobs.WaitForResultAsync<string>(id, Soon)).Should().Be("done");
        var job = (await host.Jobs.GetAsync(id))!;
        (job.RetryCount, job.Attempts.Count).Should().Be((1, 2), "four runs of the first attempt have failed, one of the second");
    }

    [Fact]
    public async Task The_pipelines_token_is_the_handlers_and_the_middlewares_get_theirs_back()
    {
        await using var host = await StartAsync(
            job =>
            {
                job.CancellationToken.WaitHandle.WaitOne(Soon).Should().BeTrue("the pipeline's time-out fires it");
                job.CancellationToken.ThrowIfCancellationRequested();
                return null;
            },
            failures: 0,
            pipeline: "hasty");

        var id = await host.Jobs.EnqueueAsync("work", new Numbered(1), static o => o.MaxRetries = 0);

        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Dead, "the attempt has failed");
        (await host.Jobs.GetAsync(id))!.Attempts.Should().ContainSingle().Which.ErrorType.Should().Be("Polly.Timeout.TimeoutRejectedException");
        _middlewaresTokens.Should().HaveCount(2).And.OnlyContain(token => token == _middlewaresTokens.First());
        _handlersTokens.Should().ContainSingle().Which.Should().NotBe(_middlewaresTokens.First());
    }

    [Theory]
    [InlineData(false, "JQ1065", "The handler 'work' names the Polly pipeline 'missing', and the host has no ResiliencePipelineProvider<string>")]
    [InlineData(true, "JQ1066", "The handler 'work' names the Polly pipeline 'missing', which the host's ResiliencePipelineProvider<string> does not know")]
    public async Task A_pipeline_that_is_missing_stops_the_start(bool hasProvider, string errorId, string expected)
    {
        using var host = TestHost.Build(server.ConnectionString, jobs =>
        {
            if (hasProvider)
            {
                AddRegistry(jobs.Services);
            }

            jobs.AddJobHandler<int>("work", static (_, _, _) => Task.CompletedTask, static o => o.ResiliencePipeline = "missing");
        });

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        var error = (await start.Should().ThrowAsync<JobQueueException>()).Which;
        error.ErrorId.Should().Be(errorId);
        error.Message.Should().Contain(expected).And.Contain("services.AddResiliencePipeline (package Polly.Extensions)");
    }

    [Fact]
    public void A_blank_name_is_refused_where_it_is_set()
    {
        var add = () => TestHost.Build(
            server.ConnectionString, static jobs => jobs.AddJobHandler<int>("work", static (_, _, _) => Task.CompletedTask, static o => o.ResiliencePipeline = " ")).Dispose();

        add.Should().Throw<InvalidJobException>().Which.Message.Should().Contain("ResiliencePipeline is blank");
    }

    [Fact]
    public async Task A_client_that_runs_no_jobs_needs_no_pipelines()
    {
        await using var client = await TestHost.StartAsync(
            server,
            static jobs => jobs.AddJobHandler<int>("work", static (_, _, _) => Task.CompletedTask, static o => o.ResiliencePipeline = "missing"),
            static o => o.RunWorkers = false);

        (await client.Jobs.EnqueueAsync("work", 1)).IsEmpty.Should().BeFalse();
    }

    /// <summary>The handler fails so often, then does what is given; a middleware notes the token before and after.</summary>
    private Task<TestHost> StartAsync(Func<JobContext, string?> handler, int failures, string pipeline = "patient") => TestHost.StartAsync(server, jobs =>
    {
        AddRegistry(jobs.Services).AddScoped(_ => new Outer(async (job, next) =>
        {
            _middlewaresTokens.Enqueue(job.CancellationToken);
            try
            {
                await next(job);
            }
            finally
            {
                _middlewaresTokens.Enqueue(job.CancellationToken);
            }
        }));
        jobs.AddJobMiddleware<Outer>().AddJobHandler("work", new JobHandlerOptions { ResiliencePipeline = pipeline, RunsSynchronously = true }, job =>
        {
            _handlersTokens.Enqueue(job.CancellationToken);
            job.SetResult(_handlersTokens.Count > failures ? handler(job) : throw new InvalidDataException("not yet"));
            return Task.CompletedTask;
        });
    });

    private static IServiceCollection AddRegistry(IServiceCollection services)
    {
        var registry = new ResiliencePipelineRegistry<string>();
        registry.TryAddBuilder("patient", static (builder, _) => builder.AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, Delay = TimeSpan.Zero }));
        registry.TryAddBuilder("hasty", static (builder, _) => builder.AddTimeout(TimeSpan.FromMilliseconds(50)));
        return services.AddSingleton<ResiliencePipelineProvider<string>>(registry);
    }
}
