using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>Sends the calls of a script over a network that fails.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    /// <summary>Of a call that is to end at its limit; it is held until then, so this is no measure of anything.</summary>
    private static readonly TimeSpan ShortLimit = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongLimit = TimeSpan.FromSeconds(30);

    private readonly FaultProxy _proxy;
    private readonly ConnectionMultiplexer _connection;
    private readonly Store _store;
    private readonly byte[] _hash;

    private FaultRun(FaultProxy proxy, ConnectionMultiplexer connection, Store store, byte[] hash)
    {
        _proxy = proxy;
        _connection = connection;
        _store = store;
        _hash = hash;
    }

    public static async Task<FaultRun> BeginAsync(TestServer server, Store store, string scriptName)
    {
        var script = RedisScripts.All.Single(script => script.Name == scriptName);
        await store.Server.ScriptLoadAsync(script.Text); // So that its first call executes it.
        var proxy = FaultProxy.Before(server.EndPointOf(store.Root));
        var connection = await TestServer.ConnectAsync(ConfigurationOptions.Parse(
            server.At(proxy.EndPoint) + $",syncTimeout={ShortLimit.TotalMilliseconds},connectTimeout={LongLimit.TotalMilliseconds}"));
        return new FaultRun(proxy, connection, store, script.Hash);
    }

    /// <summary>The server executes the call, and the caller hears nothing but that the connection has ended.</summary>
    public async Task LoseReplyAsync(Func<RedisShard, Task> call)
    {
        var trap = _proxy.Set(FaultKind.LoseReply, _hash);
        await FluentActions.Awaiting(() => CallAsync(call, LongLimit)).Should().ThrowAsync<RedisConnectionException>("the reply was lost");
        trap.Answered.IsCompletedSuccessfully.Should().BeTrue("the server has executed it");
    }

    /// <summary>The caller gives up at its limit, while the call is still on its way.</summary>
    /// <returns>Lets the call arrive; ends when the server has executed it.</returns>
    public async Task<Func<Task>> DelayAsync(Func<RedisShard, Task> call)
    {
        var trap = _proxy.Set(FaultKind.HoldCall, _hash);
        var error = (await FluentActions.Awaiting(() => CallAsync(call, ShortLimit)).Should().ThrowAsync<Exception>("the call is held")).Which;
        RedisErrors.IsUnanswered(error).Should().BeTrue("it ended at its limit, and with {0}", error);
        trap.Caught.IsCompletedSuccessfully.Should().BeTrue("the call has left its caller");
        return () =>
        {
            trap.LetGo();
            return Eventually.EndsAsync(trap.Answered);
        };
    }

    /// <summary>Sends the call again over the same client, as its caller does: until it is answered.</summary>
    public Task ResendAsync(Func<RedisShard, Task> call) => Eventually.HoldsAsync(
        async () =>
        {
            try
            {
                await CallAsync(call, LongLimit);
                return true;
            }
            catch (Exception e) when (RedisErrors.IsUnanswered(e))
            {
                return false;
            }
        },
        "the call is answered");

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync(allowCommandsToComplete: false);
        _connection.Dispose();
        await _proxy.DisposeAsync();
    }

    /// <summary>Some wrappers block their thread for the call.</summary>
    private Task CallAsync(Func<RedisShard, Task> call, TimeSpan limit) => Task.Run(() => call(_store.ShardOver(_connection, limit)));
}
