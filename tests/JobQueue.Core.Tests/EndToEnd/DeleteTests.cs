using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Deleting a job in each state, through the public API.</summary>
public sealed class DeleteTests(TestServer server) : StoreTest(server)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_waiting_job_that_is_deleted_is_gone_and_never_starts()
    {
        var started = new ConcurrentQueue<int>();
        await using var client = await StartClientAsync();
        var deleted = await client.Jobs.EnqueueAsync("note", new Numbered(1));
        await client.Jobs.EnqueueAsync("note", new Numbered(2));

        await client.Jobs.DeleteAsync(deleted);

        (await client.Jobs.GetAsync(deleted)).Should().BeNull();
        (await client.Monitor.GetCountsAsync()).Pending.Should().Be(1);
        await using var worker = await TestHost.StartAsync(
            Server,
            jobs => jobs.AddJobHandler<Numbered>("note", (args, _, _) =>
            {
                started.Enqueue(args.Number);
                return Task.CompletedTask;
            }),
            o => (o.KeyPrefix, o.Concurrency) = (Store.Prefix, 1));
        await Eventually.HoldsAsync(() => !started.IsEmpty, "the job behind the deleted one has run");
        started.Should().Equal(2);
        (await Store.LookAsync()).Find("tombstones").Should().BeNull();
    }

    [Fact]
    public async Task A_job_in_any_state_but_running_is_deleted_with_everything_kept_for_it()
    {
        await Store.SeedAsync(static seed => seed
            .Pending("a").Scheduled("b", Hour).Retrying("c", Hour, "high|mail").Completed("d").Dead("e").Cancelled("f"));
        foreach (var name in (string[])["a", "b", "c", "d", "e", "f"])
        {
            await Store.SeedAsync(seed => seed.Traces(name).Text($"job:{TestJob.IdText(name)}:log", "line").Hash($"job:{TestJob.IdText(name)}:steps", "s", 1).Attached(name));
        }

        await using var client = await StartClientAsync();
        foreach (var name in (string[])["a", "b", "c", "d", "e", "f"])
        {
            await client.Jobs.DeleteAsync(TestJob.Id(name));

            (await client.Jobs.GetAsync(TestJob.Id(name))).Should().BeNull();
        }

        (await Store.LookAsync()).Keys.Select(static key => key.Name)
            .Should().BeEquivalentTo("meta", "queue:default:normal", "queues", "ready", "stats", "tombstones", "tombstones:count");
    }

    [Fact]
    public async Task A_running_job_is_not_deleted_and_the_refusal_says_to_cancel_it_first()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));
        await using var client = await StartClientAsync();

        var delete = () => client.Jobs.DeleteAsync(TestJob.Id("a"));

        var refusal = (await delete.Should().ThrowAsync<JobStateException>()).Which;
        refusal.ErrorId.Should().Be("JQ1112");
        refusal.State.Should().Be(JobState.Running);
        refusal.Message.Should().Contain("Cancel it first");
        (await client.Jobs.GetAsync(TestJob.Id("a")))!.State.Should().Be(JobState.Running);
    }

    [Fact]
    public async Task A_job_that_is_deleted_can_be_deleted_once()
    {
        await Store.SeedAsync(static seed => seed.Completed("a"));
        await using var client = await StartClientAsync();
        await client.Jobs.DeleteAsync(TestJob.Id("a"));

        var again = () => client.Jobs.DeleteAsync(TestJob.Id("a"));

        (await again.Should().ThrowAsync<JobStateException>()).Which.ErrorId.Should().Be("JQ1102");
    }

    [Fact]
    public async Task A_job_whose_record_can_not_be_read_is_deleted()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Text("job:" + TestJob.IdText("a"), "no record"));
        await using var client = await StartClientAsync();

        await client.Jobs.DeleteAsync(TestJob.Id("a"));

        (await client.Jobs.GetAsync(TestJob.Id("a"))).Should().BeNull();
    }

    [Fact]
    public async Task The_dead_letters_delete_only_dead_jobs()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Dead("b"));
        await using var client = await StartClientAsync();

        var waiting = () => client.DeadLetters.DeleteAsync(TestJob.Id("a"));

        (await waiting.Should().ThrowAsync<JobStateException>()).Which.ErrorId.Should().Be("JQ1103");
        await client.DeadLetters.DeleteAsync(TestJob.Id("b"));
        (await client.Jobs.GetAsync(TestJob.Id("b"))).Should().BeNull();
        (await client.Jobs.GetAsync(TestJob.Id("a")))!.State.Should().Be(JobState.Pending);
    }

    private Task<TestHost> StartClientAsync() => TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
}
