using StackExchange.Redis;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// A connection whose user may do everything but publish, as users are by default on many servers. Skips the test where
/// the server keeps no users.
/// </summary>
internal sealed class RestrictedUser : IAsyncDisposable
{
    private readonly IDatabase _owner;
    private readonly string _name;

    private RestrictedUser(IDatabase owner, string name, ConnectionMultiplexer connection)
    {
        _owner = owner;
        _name = name;
        Connection = connection;
    }

    public ConnectionMultiplexer Connection { get; }

    public static async Task<RestrictedUser> ConnectAsync(TestServer server, Store store)
    {
        Assert.SkipWhen(store.Server.ServerType == ServerType.Cluster, "The client can't set a user on each node of a cluster.");
        var owner = server.Connection.GetDatabase();
        var name = TestServer.NewPrefix();
        var password = Guid.NewGuid().ToString("N");
        try
        {
            await owner.ExecuteAsync("ACL", "SETUSER", name, "on", ">" + password, "~*", "+@all", "resetchannels");
        }
        catch (RedisServerException e)
        {
            Assert.Skip("This server has no users whose right to publish could be taken: " + e.Message);
        }

        var connection = await server.ConnectAsync();
        var user = new RestrictedUser(owner, name, connection);
        await connection.GetDatabase().ExecuteAsync("AUTH", name, password);
        await FluentActions.Awaiting(() => connection.GetDatabase().PublishAsync(name, "")).Should().ThrowAsync<RedisServerException>("this user may not publish");
        return user;
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.CloseAsync();
        Connection.Dispose();
        await _owner.ExecuteAsync("ACL", "DELUSER", _name);
    }
}
