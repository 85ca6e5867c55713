using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Many jobs cancelled and deleted among many that wait.</summary>
public sealed class ManyCancelsTests(TestServer server)
{
    private const int Jobs = 20_000;
    private const int Tenth = 10;

    [Fact]
    public async Task Counts_are_exact_at_once_and_none_of_the_ended_jobs_starts()
    {
        var prefix = TestServer.NewPrefix();
        var started = new ConcurrentDictionary<int, bool>();
        await using var client = await TestHost.StartAsync(server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (prefix, false));
        var ids = await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, Jobs).Select(static n => new JobRequest("note", new Numbered(n))));

        await Parallel.ForAsync(0, Jobs / Tenth, TestContext.Current.CancellationToken, async (n, token) =>
        {
            var id = ids[n * Tenth];
            await (n % 2 == 0 ? client.Jobs.CancelAsync(id, token) : client.Jobs.DeleteAsync(id, token));
        });

        (await client.Monitor.GetCountsAsync()).Pending.Should().Be(Jobs - (Jobs / Tenth));
        await using var worker = await TestHost.StartAsync(
            server,
            jobs => jobs.AddJobHandler<Numbered>("note", (args, _, _) =>
            {
                started.TryAdd(args.Number, true);
                return Task.CompletedTask;
            }),
            o => (o.KeyPrefix, o.Concurrency) = (prefix, 20));
        await Eventually.HoldsAsync(
            async () => (await client.Monitor.GetCountsAsync()) is { Pending: 0, Running: 0, TotalCompleted: Jobs - (Jobs / Tenth) }, "all others have completed");
        started.Keys.Should().HaveCount(Jobs - (Jobs / Tenth)).And.NotContain(static number => number % Tenth == 0);
    }
}
