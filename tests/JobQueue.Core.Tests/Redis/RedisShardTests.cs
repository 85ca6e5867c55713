using System.Globalization;
using System.Net;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Redis;

/// <summary>Calls to a server that does not answer, and the channels.</summary>
public sealed class RedisShardTests(TestServer server) : StoreTest(server)
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_call_over_its_limit_gives_a_TimeoutException_and_may_still_be_executed()
    {
        await using var relay = Relay.Before(Server, Store);
        using var connection = await ConnectAsync(relay);
        var shard = Store.ShardOver(connection, Short);
        await EnqueueAsync(Store.Shard, 1, "a"); // The server knows the script: the held call is one message.
        relay.Hold();

        var call = () => EnqueueAsync(shard, 2, "b");

        (await call.Should().ThrowAsync<TimeoutException>()).Which.Should().Match<Exception>(e => RedisErrors.IsPassing(e) && RedisErrors.IsUnanswered(e));
        (await CountAsync()).Should().Be(1);
        relay.Release();
        await Eventually.HoldsAsync(async () => await CountAsync() == 2, "the call that was given up is executed late");
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_at_once()
    {
        await using var relay = Relay.Before(Server, Store);
        using var connection = await ConnectAsync(relay);
        relay.Hold();
        using var cancel = new CancellationTokenSource();

        var call = CountsScript.RunAsync(Store.ShardOver(connection, Long), cancel.Token);
        await cancel.CancelAsync();

        await FluentActions.Awaiting(() => Eventually.EndsAsync(call)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task The_synchronous_call_ends_with_a_TimeoutException_too()
    {
        await using var relay = Relay.Before(Server, Store);
        using var connection = await ConnectAsync(relay);
        var shard = Store.ShardOver(connection, Short);
        relay.Hold();

        var beat = () => BeatScript.Run(shard, "w", Long, Long, "{}");

        beat.Should().Throw<TimeoutException>().Which.Should().Match<Exception>(e => RedisErrors.IsUnanswered(e));
    }

    [Fact]
    public async Task A_message_reaches_its_channel_and_no_other()
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await Store.Shard.SubscribeAsync(Store.Shard.Keys.WakeChannel("w"), message => heard.TrySetResult(message!), CancellationToken.None);

        await Store.Database.PublishAsync(Store.Shard.Keys.WakeChannel("v"), "not this");
        await Store.Database.PublishAsync(Store.Shard.Keys.WakeChannel("w"), "this");

        (await Eventually.EndsAsync(heard.Task)).Should().Be("this");
        await Store.Shard.UnsubscribeAsync(Store.Shard.Keys.WakeChannel("w"), CancellationToken.None);
    }

    private static Task EnqueueAsync(RedisShard shard, long batch, string name)
        => EnqueueScript.RunAsync(shard, EnqueueScript.Arguments("p", batch, [TestJob.Item(name, TestJob.DefaultLine, "", [1])]), CancellationToken.None);

    private async Task<long> CountAsync() => (await CountsScript.RunAsync(Store.Shard, CancellationToken.None)).Pending;

    [Fact]
    public async Task What_the_server_tells_of_itself_is_asked_of_the_one_that_has_the_store()
    {
        Assert.SkipWhen(Server.IsGarnet, "Garnet does not tell its port.");
        var port = ((IPEndPoint)Server.EndPointOf(Store.Root)).Port.ToString(CultureInfo.InvariantCulture);
        for (var call = 0; call < 20; call++) // In a cluster a call that may go to any node goes to others too.
        {
            (await Store.Shard.ReadInfoAsync("server", TestContext.Current.CancellationToken)).Should().Contain($"tcp_port:{port}\r\n");
            (await Store.Shard.ReadSettingAsync("port", TestContext.Current.CancellationToken)).Should().Be(port);
        }
    }

    private Task<ConnectionMultiplexer> ConnectAsync(Relay relay) => TestServer.ConnectAsync(ConfigurationOptions.Parse(relay.Through(Server) + ",syncTimeout=50"));
}
