using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>The number of a producer's last batch is the number of its calls.</summary>
public sealed class GroupCommitTests(TestServer server)
{
    private readonly string _prefix = TestServer.NewPrefix();

    [Fact]
    public async Task Awaited_enqueues_take_one_call_each()
    {
        await using var client = await StartClientAsync();

        for (var i = 0; i < 10; i++)
        {
            await client.Jobs.EnqueueAsync("job", new Numbered(i));
        }

        (await CountCallsAsync()).Should().Be(10);
    }

    [Fact]
    public async Task A_thousand_concurrent_enqueues_share_a_handful_of_calls()
    {
        await using var client = await StartClientAsync();

        var ids = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(n => client.Jobs.EnqueueAsync("job", new Numbered(n))));

        ids.Should().OnlyHaveUniqueItems();
        (await client.Monitor.GetCountsAsync()).Pending.Should().Be(1_000);
        (await CountCallsAsync()).Should().BeLessThanOrEqualTo(20);
    }

    [Fact]
    public async Task Callers_who_enqueue_again_and_again_travel_together()
    {
        const int Callers = 64, Rounds = 40;
        await using var client = await StartClientAsync();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await client.Jobs.EnqueueAsync("job", new Numbered(caller));
            }
        })));

        (await client.Monitor.GetCountsAsync()).Pending.Should().Be(Callers * Rounds);
        (await CountCallsAsync()).Should().BeLessThan(Rounds * 3 / 2, "the answer of a call brings its callers into the next one, and not one of them alone");
    }

    [Fact]
    public async Task A_bulk_enqueue_of_any_size_is_sent_in_pages()
    {
        await using var client = await StartClientAsync();

        var ids = await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 1_700).Select(static n => new JobRequest("job", new Numbered(n))));

        ids.Should().HaveCount(1_700).And.OnlyHaveUniqueItems();
        (await client.Monitor.GetCountsAsync()).Pending.Should().Be(1_700);
        (await CountCallsAsync()).Should().Be(4);
    }

    private Task<TestHost> StartClientAsync() => TestHost.StartAsync(server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (_prefix, false));

    private async Task<int> CountCallsAsync()
    {
        var producers = await server.Connection.GetDatabase().HashGetAllAsync($"{{{_prefix}:0}}:producers");
        return producers.Sum(static producer => int.Parse(((string)producer.Value!).Split('|')[0], System.Globalization.CultureInfo.InvariantCulture));
    }
}
