using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Embedded;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Cancelling and deleting while workers take the same jobs, and when the server is full.</summary>
public sealed class CancelUnderWayTests(TestServer server) : StoreTest(server)
{
    private const int Jobs = 2_000;

    [Fact]
    public async Task What_a_cancel_answers_is_what_happens_while_workers_take_the_same_jobs()
    {
        var started = new ConcurrentDictionary<int, int>();
        await using var host = await TestHost.StartAsync(
            Server,
            jobs => jobs.AddJobHandler<Numbered>("note", async (args, _, _) =>
            {
                started.AddOrUpdate(args.Number, 1, static (_, times) => times + 1);
                await Task.Yield();
            }),
            o => (o.KeyPrefix, o.Concurrency) = (Store.Prefix, 8));
        var ids = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, Jobs).Select(static n => new JobRequest("note", new Numbered(n))));

        var answers = new JobState[Jobs];
        await Parallel.ForAsync(0, Jobs, TestContext.Current.CancellationToken, async (n, _) => answers[n] = await CancelAsync(host, ids[Jobs - 1 - n]));

        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()) is { Pending: 0, Running: 0 }, "every job has ended");
        for (var n = 0; n < Jobs; n++)
        {
            var (answer, number) = (answers[n], Jobs - 1 - n);
            var state = (await host.Jobs.GetAsync(ids[number]))!.State;
            (answer, state, started.GetValueOrDefault(number)).Should().Match<(JobState Answer, JobState State, int Starts)>(
                static end => end.Answer == JobState.Cancelled
                    ? end.State == JobState.Cancelled && end.Starts == 0
                    : (end.State == JobState.Completed || end.State == JobState.Cancelled) && end.Starts <= 1);
        }

        await host.StopAsync();
        var keyspace = await Store.LookAsync();
        keyspace.Find("tombstones:count").Should().BeNull();
        keyspace.Find("cancelling").Should().BeNull();
        Homes.EveryIdHasAHome(keyspace);
    }

    [Fact]
    public async Task A_full_server_is_drained_by_cancels_and_deletions()
    {
        Assert.SkipWhen(Server.IsGarnet, "Garnet has no maxmemory that refuses writes.");
        await using var own = await EmbeddedRedis.StartAsync();
        await using var client = await TestHost.StartAsync(Server, static _ => { }, o => (o.ConnectionString, o.RunWorkers) = (own.ConnectionString, false));
        var waiting = await client.Jobs.EnqueueManyAsync([Request(), Request()]);
        var scheduled = await client.Jobs.EnqueueManyAsync([Request(TimeSpan.FromHours(1)), Request(TimeSpan.FromHours(1))]);
        using var connection = await ConnectionMultiplexer.ConnectAsync(own.ConnectionString + ",allowAdmin=true");
        await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        (await client.Jobs.CancelAsync(waiting[0])).Should().Be(JobState.Cancelled);
        (await client.Jobs.CancelAsync(scheduled[0])).Should().Be(JobState.Cancelled);
        foreach (var id in waiting.Concat(scheduled))
        {
            await client.Jobs.DeleteAsync(id);
        }

        (await client.Monitor.GetCountsAsync()).Should().BeEquivalentTo(new { Pending = 0L, Scheduled = 0L }, o => o.ExcludingMissingMembers());
    }

    private static JobRequest Request(TimeSpan? delay = null) => new("note", new Numbered(1)) { Options = { Delay = delay } };

    /// <summary>The answer; <see cref="JobState.Completed"/> for a job that was too fast.</summary>
    private static async Task<JobState> CancelAsync(TestHost host, JobId id)
    {
        try
        {
            return await host.Jobs.CancelAsync(id);
        }
        catch (JobStateException e) when (e.ErrorId == "JQ1111")
        {
            return e.State!.Value;
        }
    }
}
