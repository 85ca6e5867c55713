using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Cancelling a job in each state, through the public API.</summary>
public sealed class CancelTests(TestServer server)
{
    private readonly string _prefix = TestServer.NewPrefix();

    [Fact]
    public async Task A_waiting_job_that_is_cancelled_never_starts()
    {
        var started = new ConcurrentQueue<int>();
        await using var client = await StartClientAsync();
        var cancelled = await client.Jobs.EnqueueAsync("note", new Numbered(1));
        await client.Jobs.EnqueueAsync("note", new Numbered(2));

        (await client.Jobs.CancelAsync(cancelled)).Should().Be(JobState.Cancelled);

        (await client.Monitor.GetCountsAsync()).Pending.Should().Be(1);
        await using var worker = await StartWorkerAsync(started);
        await Eventually.HoldsAsync(() => !started.IsEmpty, "the job behind the cancelled one has run");
        started.Should().Equal(2);
        var job = await client.Jobs.GetAsync(cancelled);
        job!.State.Should().Be(JobState.Cancelled);
        job.FinishedAt.Should().BeAfter(job.CreatedAt.AddMinutes(-1)).And.BeBefore(job.CreatedAt.AddMinutes(1));
        job.Attempts.Should().BeEmpty();
    }

    [Fact]
    public async Task A_scheduled_job_is_cancelled_at_once()
    {
        await using var client = await StartClientAsync();
        var id = await client.Jobs.EnqueueAsync("note", new Numbered(1), static o => o.Delay = TimeSpan.FromHours(1));

        (await client.Jobs.CancelAsync(id)).Should().Be(JobState.Cancelled);

        (await client.Jobs.GetAsync(id))!.State.Should().Be(JobState.Cancelled);
        (await client.Monitor.GetCountsAsync()).Scheduled.Should().Be(0);
    }

    [Fact]
    public async Task A_retrying_job_is_cancelled_at_once_and_keeps_its_history()
    {
        await using var host = await TestHost.StartAsync(server, static jobs => jobs.AddFailing(), static o => o.RetryLate());
        var id = await host.Jobs.EnqueueAsync("fail", new Numbered(1));
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Retrying, "the job has failed once");

        (await host.Jobs.CancelAsync(id)).Should().Be(JobState.Cancelled);

        var job = await host.Jobs.GetAsync(id);
        job!.State.Should().Be(JobState.Cancelled);
        job.Attempts.Should().ContainSingle().Which.ErrorMessage.Should().Be("no");
        (await host.Monitor.GetCountsAsync()).Retrying.Should().Be(0);
    }

    [Fact]
    public async Task A_running_job_is_asked_to_stop_and_a_handler_that_succeeds_all_the_same_completes_it()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await TestHost.StartAsync(server, jobs => jobs.AddJobHandler<Numbered, int>("stubborn", async (args, _, _) =>
        {
            started.TrySetResult();
            await goOn.Task;
            return args.Number;
        }));
        var id = await host.Jobs.EnqueueAsync("stubborn", new Numbered(7));
        await Eventually.EndsAsync(started.Task);

        (await host.Jobs.CancelAsync(id)).Should().Be(JobState.Running);
        (await host.Jobs.CancelAsync(id)).Should().Be(JobState.Running, "a repeat asks again");

        (await host.Jobs.GetAsync(id))!.State.Should().Be(JobState.Running);
        goOn.SetResult();
        (await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20))).Should().Be(7);
    }

    [Fact]
    public async Task Who_waits_for_a_job_that_is_cancelled_learns_it()
    {
        await using var client = await StartClientAsync();
        var id = await client.Jobs.EnqueueAsync("note", new Numbered(1));
        var waiting = client.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(30));

        await client.Jobs.CancelAsync(id);

        (await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<JobFailedException>()).Which.ErrorId.Should().Be("JQ1105");
    }

    [Fact]
    public async Task A_job_that_has_completed_is_not_cancelled()
    {
        await using var host = await StartWorkerAsync([]);
        var id = await host.Jobs.EnqueueAsync("note", new Numbered(1));
        await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20));

        await IsRefusedAsync(host, id, JobState.Completed);
    }

    [Fact]
    public async Task A_job_that_has_died_is_not_cancelled()
    {
        await using var host = await TestHost.StartAsync(server, static jobs => jobs.AddFailing(static o => o.MaxRetries = 0));
        var id = await host.Jobs.EnqueueAsync("fail", new Numbered(1));
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Dead, "the job is dead");

        await IsRefusedAsync(host, id, JobState.Dead);
    }

    [Fact]
    public async Task A_job_that_was_cancelled_is_not_cancelled_again()
    {
        await using var client = await StartClientAsync();
        var id = await client.Jobs.EnqueueAsync("note", new Numbered(1));
        await client.Jobs.CancelAsync(id);

        await IsRefusedAsync(client, id, JobState.Cancelled);
    }

    [Fact]
    public async Task The_id_of_a_cancelled_job_stays_taken()
    {
        await using var client = await StartClientAsync();
        var id = await client.Jobs.EnqueueAsync("note", new Numbered(1));
        await client.Jobs.CancelAsync(id);

        var again = () => client.Jobs.EnqueueAsync("note", new Numbered(1), o => o.Id = id);

        await again.Should().ThrowAsync<DuplicateJobException>();
    }

    private static async Task IsRefusedAsync(TestHost host, JobId id, JobState state)
    {
        var cancel = () => host.Jobs.CancelAsync(id);

        var refusal = (await cancel.Should().ThrowAsync<JobStateException>()).Which;
        refusal.ErrorId.Should().Be("JQ1111");
        refusal.State.Should().Be(state);
        refusal.Message.Should().Contain($"Job {id} can't be cancelled, because it is {state}").And.Contain("CopyAsync");
    }

    private Task<TestHost> StartClientAsync() => TestHost.StartAsync(server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (_prefix, false));

    private Task<TestHost> StartWorkerAsync(ConcurrentQueue<int> started) => TestHost.StartAsync(
        server,
        jobs => jobs.AddJobHandler<Numbered, int>("note", (args, _, _) =>
        {
            started.Enqueue(args.Number);
            return Task.FromResult(args.Number);
        }),
        o => (o.KeyPrefix, o.Concurrency) = (_prefix, 1));
}
