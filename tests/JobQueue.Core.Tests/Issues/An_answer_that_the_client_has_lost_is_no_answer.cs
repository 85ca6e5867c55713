using System.Reflection;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// A host did not start, with a NullReferenceException: on a starved machine the client had answered a script with null, which no script does. Such a call is one
/// that was not answered, and is sent again.
/// </summary>
public sealed class An_answer_that_the_client_has_lost_is_no_answer
{
    [Fact]
    public async Task A_script_that_is_answered_with_null_was_not_answered()
    {
        var connection = DispatchProxy.Create<IConnectionMultiplexer, Client>();
        var shard = new RedisShard(connection, new RedisKeys("jq", database: 0, shard: 0), TimeSpan.FromSeconds(30), TimeProvider.System);

        var call = () => shard.EvaluateAsync(RedisScripts.Pause, ["queue"], TestContext.Current.CancellationToken);

        RedisErrors.IsPassing((await call.Should().ThrowAsync<TimeoutException>()).Which).Should().BeTrue();
    }

    /// <summary>Answers every script with null.</summary>
    public class Client : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(IConnectionMultiplexer.GetDatabase) => Create<IDatabase, Client>(),
            nameof(IDatabase.ScriptEvaluateAsync) => Task.FromResult<RedisResult?>(null),
            _ => null,
        };
    }
}
