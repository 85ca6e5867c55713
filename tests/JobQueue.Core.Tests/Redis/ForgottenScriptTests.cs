using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Redis;

/// <summary>Tests that change something of the whole server run while no other does.</summary>
[CollectionDefinition(nameof(WholeServer), DisableParallelization = true)]
public sealed class WholeServer;

/// <summary>The server forgets its scripts, as it does when it is restarted or fails over.</summary>
[Collection(nameof(WholeServer))]
public sealed class ForgottenScriptTests(TestServer server) : StoreTest(server)
{
    private ConnectionMultiplexer? _other;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _other = await Server.ConnectAsync(static o => o.AllowAdmin = true);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _other?.Dispose();
    }

    [Fact]
    public async Task A_script_that_the_server_has_forgotten_is_sent_again()
    {
        for (var times = 0; times < 3; times++)
        {
            await CountsScript.RunAsync(Store.Shard, CancellationToken.None);
            await ForgetAsync();
        }

        await CountsScript.RunAsync(Store.Shard, CancellationToken.None);
    }

    [Fact]
    public async Task A_forgotten_script_is_sent_again_by_the_synchronous_call_too()
    {
        await Store.SeedAsync(static seed => seed.Worker("w"));
        for (var times = 0; times < 3; times++)
        {
            await ForgetAsync();
            BeatScript.Run(Store.Shard, "w", TimeSpan.FromHours(1), TimeSpan.FromHours(1), "{}").Status.Should().Be(ScriptStatus.Applied);
        }
    }

    [Fact]
    public async Task Many_calls_at_once_survive_that_scripts_are_forgotten_among_them()
    {
        var calls = new List<Task>();
        for (var number = 0; number < 20_000; number++)
        {
            calls.Add(CountsScript.RunAsync(Store.Shard, CancellationToken.None));
            if (number % 2 == 0)
            {
                calls.Add(ForgetAsync());
            }
        }

        await Eventually.EndsAsync(Task.WhenAll(calls));
    }

    [Fact]
    public async Task A_script_that_is_sent_again_is_executed_once()
    {
        await ForgetAsync();

        await EnqueueScript.RunAsync(Store.Shard, EnqueueScript.Arguments("p", 1, [TestJob.Item("a", TestJob.DefaultLine, "", [1])]), default);

        (await Store.LookAsync()).Find("stats")!.Items.Should().Equal("enqueued=1");
    }

    /// <summary>Over another connection, so that the shard's own does not know.</summary>
    private Task ForgetAsync() => _other!.GetServer(Server.EndPointOf(Store.Root)).ScriptFlushAsync();
}
