using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// The client makes a connection that has ended again by itself, but version 1.2.6 has a race in which it does not: it said for ever that it had none, and that
/// was taken for a server that is away. The worker's beats, which have a connection of their own, went on, so that nobody took its jobs from it, and it ran none.
/// </summary>
public sealed class A_connection_that_the_client_gives_up_is_replaced(TestServer server) : StoreTest(server)
{
    private const int ConnectionReplaced = 305;
    private const int AtFirst = 2;

    private readonly RecordedLog _log = new();
    private int _connections;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Jobs_run_over_another_connection()
    {
        await using var proxy = FaultProxy.Before(Server.EndPointOf(Store.Root));
        await using var host = await StartAsync(proxy);
        await Echo.ComesAsync(host);

        proxy.Cut();

        await Echo.ComesAsync(host);
        await Eventually.HoldsAsync(() => _log.Count(ConnectionReplaced) > 0, "the log says that another connection has taken the place");
        (await Store.VerifyAsync()).Violations.Should().BeEmpty();
    }

    [Fact]
    public async Task Messages_are_heard_over_another_connection()
    {
        await using var proxy = FaultProxy.Before(Server.EndPointOf(Store.Root));
        await using var host = await StartAsync(proxy);
        await HearsAsync(host);

        proxy.CutSubscriptions();

        await LooksUntilAsync(host, () => _log.Count(ConnectionReplaced) > 0, "another connection has taken the place"); // What was heard before may arrive only now.
        await HearsAsync(host);
    }

    [Fact]
    public async Task One_that_is_no_better_is_closed()
    {
        using var first = await Server.ConnectAsync();
        var (others, tried, replaced) = (new List<IConnectionMultiplexer>(), new SemaphoreSlim(0), false);
        var link = new RedisLink(first)
        {
            Open = async () =>
            {
                others.Add(await Server.ConnectAsync());
                return others[^1];
            },
            Close = async static connection => await connection.CloseAsync(),
        };
        link.OnReplacementTried(() => tried.Release());
        link.OnReplaced(() => replaced = true);

        link.Replace(static _ => Task.FromResult(false));
        await tried.WaitAsync(TestContext.Current.CancellationToken);
        link.Replace(static _ => Task.FromException<bool>(new TimeoutException()));
        await tried.WaitAsync(TestContext.Current.CancellationToken);

        link.Database.Multiplexer.Should().BeSameAs(first);
        others.Should().HaveCount(2).And.OnlyContain(static other => !other.IsConnected);
        replaced.Should().BeFalse();
    }

    /// <summary>The connections that it begins with, one for jobs and one for beats, lead to the server by a way that is cut for ever, and those that take their place by another.</summary>
    private Task<TestHost> StartAsync(FaultProxy proxy) => TestHost.StartAsync(
        Server,
        jobs =>
        {
            Echo.AddTo(jobs);
            _log.Record(jobs);
        },
        o =>
        {
            o.ConnectionString = null;
            o.ConnectionFactory = async _ => await ConnectionMultiplexer.ConnectAsync(
                Interlocked.Increment(ref _connections) <= AtFirst ? Server.At(proxy.EndPoint) : Server.ConnectionString);
            (o.KeyPrefix, o.CallTimeout) = (Store.Prefix, TimeSpan.FromSeconds(1));
        });

    private static Task HearsAsync(TestHost host)
    {
        var heard = host.Pool.Heard;
        return LooksUntilAsync(host, () => host.Pool.Heard > heard, "the worker hears what it sends itself");
    }

    private static Task LooksUntilAsync(TestHost host, Func<bool> condition, string because) => Eventually.HoldsAsync(
        async () =>
        {
            await host.Pool.FirstWatchdog.LookAsync();
            return condition();
        },
        because);
}
