using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// A worker that stopped just when its connection was replaced, because the server had hung, threw the client's NullReferenceException out of the host's
/// stop: the client ends a channel of a connection that is closed with it.
/// </summary>
public sealed class A_channel_is_left_while_the_connection_is_gone(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Leaving_it_never_fails_with_the_clients_own_error()
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(Server.ConnectionString);
        var shard = Store.ShardOver(connection, TimeSpan.FromSeconds(1));
        var channel = shard.Keys.WakeChannel("w");
        await shard.SubscribeAsync(channel, static _ => { }, TestContext.Current.CancellationToken);
        await connection.CloseAsync(allowCommandsToComplete: false);
        connection.Dispose();

        var leave = () => shard.UnsubscribeAsync(channel, TestContext.Current.CancellationToken);

        await leave.Should().NotThrowAsync<NullReferenceException>();
    }
}
