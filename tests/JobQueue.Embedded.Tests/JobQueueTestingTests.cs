using System.Text;
using JobQueue.Embedded.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JobQueue.Embedded.Tests;

/// <summary>Tests of handlers as a user writes them: a host on a server of its own, and a job run to its end.</summary>
public sealed class JobQueueTestingTests
{
    [Fact]
    public async Task A_job_that_completes_is_answered_with_its_result()
    {
        using var host = await StartAsync();

        var job = await Jobs(host).RunToEndAsync("double", 21, static options => options.Tags.Add("test"), cancellationToken: TestContext.Current.CancellationToken);

        (job.State, Encoding.UTF8.GetString(job.Result!.Value.Span), job.Attempts.Count).Should().Be((JobState.Completed, "42", 1));
        job.Tags.Should().Equal("test");
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_job_that_dies_is_answered_with_its_attempts()
    {
        using var host = await StartAsync();

        var job = await Jobs(host).RunToEndAsync("fail", "x", cancellationToken: TestContext.Current.CancellationToken);

        (job.State, job.Error, job.Attempts.Count).Should().Be((JobState.Dead, "it is broken", 3));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_job_that_nobody_runs_is_waited_for_no_longer_than_was_said()
    {
        using var host = await StartAsync();

        var run = () => Jobs(host).RunToEndAsync("unknown", 1, timeout: TimeSpan.FromMilliseconds(300), cancellationToken: TestContext.Current.CancellationToken);

        await run.Should().ThrowAsync<TimeoutException>();
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IJobQueue Jobs(IHost host) => host.Services.GetRequiredService<IJobQueue>();

    private static async Task<IHost> StartAsync()
    {
        Machine.SkipUnlessAnyPresent();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddJobQueue(static options =>
            {
                options.Backoff = new() { BaseDelay = TimeSpan.FromMilliseconds(10), UseJitter = false };
                options.ShutdownTimeout = TimeSpan.FromSeconds(1);
            })
            .AddJobHandler<int, int>("double", static (number, _, _) => Task.FromResult(2 * number))
            .AddJobHandler<string>("fail", static (_, _, _) => throw new InvalidOperationException("it is broken"), static handler => handler.MaxRetries = 2)
            .UseEmbeddedRedis();
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}
