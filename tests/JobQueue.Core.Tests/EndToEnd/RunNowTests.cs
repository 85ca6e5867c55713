using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Letting a job run now, in each state, through the public API.</summary>
public sealed class RunNowTests(TestServer server) : StoreTest(server)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_scheduled_job_runs_at_once()
    {
        await using var host = await TestHost.StartAsync(Server, static jobs => jobs
            .AddJobHandler<Numbered, int>("echo", static (args, _, _) => Task.FromResult(args.Number)));
        var id = await host.Jobs.EnqueueAsync("echo", new Numbered(7), static o => o.Delay = Hour);

        await host.Jobs.RunNowAsync(id);

        (await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20))).Should().Be(7);
    }

    [Fact]
    public async Task A_retrying_job_is_tried_again_at_once()
    {
        await using var host = await TestHost.StartAsync(Server, static jobs => jobs.AddFailing(static o => o.MaxRetries = 1), static o => o.RetryLate());
        var id = await host.Jobs.EnqueueAsync("fail", new Numbered(1));
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Retrying, "the job has failed once");

        await host.Jobs.RunNowAsync(id);

        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Dead, "the job has failed twice");
        (await host.Jobs.GetAsync(id))!.Attempts.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_job_that_waits_or_runs_already_is_left_as_it_is_so_a_repeat_is_safe()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Running("b").Scheduled("c", Hour));
        await using var client = await StartClientAsync();
        await client.Jobs.RunNowAsync(TestJob.Id("c"));

        var changes = await Store.ChangesOfAsync(async () =>
        {
            foreach (var name in (string[])["a", "b", "c"])
            {
                await client.Jobs.RunNowAsync(TestJob.Id(name));
            }
        });

        changes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("a", JobState.Completed)]
    [InlineData("b", JobState.Dead)]
    [InlineData("c", JobState.Cancelled)]
    public async Task A_finished_job_does_not_run_now_and_the_refusal_says_how_it_can(string name, JobState state)
    {
        await Store.SeedAsync(static seed => seed.Completed("a").Dead("b").Cancelled("c"));
        await using var client = await StartClientAsync();

        var run = () => client.Jobs.RunNowAsync(TestJob.Id(name));

        var refusal = (await run.Should().ThrowAsync<JobStateException>()).Which;
        refusal.ErrorId.Should().Be("JQ1111");
        refusal.State.Should().Be(state);
        refusal.Message.Should().Contain("IJobQueue.CopyAsync").And.Contain("IDeadLetterQueue.RetryAsync");
    }

    private Task<TestHost> StartClientAsync() => TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
}
