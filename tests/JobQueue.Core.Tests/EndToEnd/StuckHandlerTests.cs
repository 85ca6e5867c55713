using System.Text.Json;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Handlers that go on although their tokens have fired: their jobs are given up, and their slots replaced up to a limit.</summary>
public sealed class StuckHandlerTests(TestServer server) : StoreTest(server)
{
    private readonly HeldJobs _held = new();

    [Fact]
    public async Task A_handler_that_ignores_its_token_is_given_up_and_another_slot_takes_its_place()
    {
        using var held = _held;
        await using var host = await StartAsync();
        var stuck = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await held.NextAsync();

        var dead = await EndedAsync(host, stuck, JobState.Dead);
        var quick = await host.Jobs.EnqueueAsync("quick", new Numbered(7));

        (await host.Jobs.WaitForResultAsync<int>(quick, TimeSpan.FromSeconds(30))).Should().Be(7, "the only slot was replaced");
        dead.Attempts.Should().ContainSingle().Which.ErrorMessage.Should().StartWith("The attempt took longer than its timeout of ");
        await Eventually.HoldsAsync(async () => (await StuckJobsAsync(host)) is [var id] && id == stuck.ToString(), "the snapshot shows the stuck job");
        Problem(host).Should().BeNull("as many are replaced as MaxStuckSlots says");

        attempt.Return("too late");
        await Eventually.HoldsAsync(async () => (await StuckJobsAsync(host)).Count == 0, "the handler has ended, and the snapshot says so");
        var late = await host.Jobs.GetAsync(stuck);
        late!.State.Should().Be(JobState.Dead);
        late.Result.Should().BeNull();
        await host.VerifyAsync();
    }

    [Fact]
    public async Task What_a_handler_returns_after_it_was_given_up_is_dropped()
    {
        using var held = _held;
        await using var host = await StartAsync();
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1), static o => (o.MaxRetries, o.Timeout) = (1, TimeSpan.FromSeconds(2)));
        var first = await held.NextAsync();
        await first.FiredAsync();

        var second = await held.NextAsync();
        first.Return("the first's, too late");
        second.Return("the second's");

        (await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(30))).Should().Be("the second's");
        (await host.Jobs.GetAsync(id))!.Attempts.Should().HaveCount(2);
        (await host.Monitor.GetCountsAsync()).TotalCompleted.Should().Be(1);
    }

    [Fact]
    public async Task A_cancelled_job_whose_handler_goes_on_is_cancelled_without_it()
    {
        using var held = _held;
        await using var host = await StartAsync();
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1), static o => o.Timeout = TimeSpan.FromHours(1));
        await held.NextAsync();

        await host.Jobs.CancelAsync(id);

        await EndedAsync(host, id, JobState.Cancelled);
        var quick = await host.Jobs.EnqueueAsync("quick", new Numbered(7));
        (await host.Jobs.WaitForResultAsync<int>(quick, TimeSpan.FromSeconds(30))).Should().Be(7);
    }

    [Fact]
    public async Task Beyond_the_limit_the_pool_shrinks_and_says_so_until_a_handler_ends()
    {
        using var held = _held;
        await using var host = await StartAsync();
        await host.Jobs.EnqueueManyAsync([new JobRequest(HeldJobs.Name, new Numbered(1)), new JobRequest(HeldJobs.Name, new Numbered(2))]);
        HeldAttempt[] stuck = [await held.NextAsync(), await held.NextAsync()];

        await Eventually.HoldsAsync(() => Problem(host) is not null, "one handler more than MaxStuckSlots is stuck");
        Problem(host).Should().Be("Pool 'default' has lost 1 of its slots to handlers that do not stop when their tokens fire.");
        var quick = await host.Jobs.EnqueueAsync("quick", new Numbered(7));
        var polled = await FetchesAsync(host);
        await Eventually.HoldsAsync(async () => (await StuckJobsAsync(host)).Count == 2, "the snapshot shows both");
        (await host.Jobs.GetAsync(quick))!.State.Should().Be(JobState.Pending, "the pool has no slot");
        (await FetchesAsync(host)).Should().Be(polled, "a pool without slots fetches nothing");

        stuck[0].Return("too late");
        (await host.Jobs.WaitForResultAsync<int>(quick, TimeSpan.FromSeconds(30))).Should().Be(7, "the slot has come back");
        Problem(host).Should().BeNull();
        stuck[1].Return("too late");
        await Eventually.HoldsAsync(async () => (await StuckJobsAsync(host)).Count == 0, "both have ended");
        await host.VerifyAsync();
    }

    private static WorkerPool Pool(TestHost host) => host.Services.GetRequiredService<WorkerPools>().All[0];

    private static string? Problem(TestHost host) => Pool(host).FindProblem();

    private async Task<long> FetchesAsync(TestHost host) => (long)await Store.Database.HashGetAsync(Store.Key("floors"), Pool(host).WorkerId);

    private async Task<IReadOnlyList<string>> StuckJobsAsync(TestHost host)
    {
        string snapshot = (await Store.Database.StringGetAsync(Store.Key("worker:" + Pool(host).WorkerId)))!;
        using var json = JsonDocument.Parse(snapshot);
        string[] jobs = [.. json.RootElement.GetProperty("jobs").EnumerateArray()
            .Where(static job => job.TryGetProperty("stuck", out var stuck) && stuck.GetBoolean())
            .Select(static job => job.GetProperty("id").GetString()!)];
        var slots = json.RootElement.GetProperty("stuck").GetInt32();
        return jobs.Length == slots ? jobs : [.. jobs, $"{slots} slots, one between the end of its handler and its return"];
    }

    private static async Task<Job> EndedAsync(TestHost host, JobId id, JobState state)
    {
        Job? job = null;
        await Eventually.HoldsAsync(async () => (job = await host.Jobs.GetAsync(id))!.State == state, $"the job is {state}");
        return job!;
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync(
        Server,
        jobs =>
        {
            _held.AddTo(jobs, static o => (o.Timeout, o.MaxRetries) = (TimeSpan.FromMilliseconds(100), 0));
            jobs.AddJobHandler<Numbered, int>("quick", static (args, _, _) => Task.FromResult(args.Number));
        },
        o =>
        {
            (o.KeyPrefix, o.Concurrency, o.MaxPrefetch, o.MaxStuckSlots) = (Store.Prefix, 1, 0, 1);
            (o.TimeoutGrace, o.ShutdownTimeout) = (TimeSpan.FromMilliseconds(50), TimeSpan.Zero);
            (o.HeartbeatInterval, o.PollInterval) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100));
        });
}
