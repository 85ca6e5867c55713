using System.Reflection;
using System.Runtime.CompilerServices;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Redis;

public sealed class RedisErrorsTests
{
    [Theory]
    [InlineData("TRYAGAIN Multiple keys request during rehashing of slot")]
    [InlineData("ASK 3999 127.0.0.1:6381")]
    [InlineData("MOVED 3999 127.0.0.1:6381")]
    [InlineData("CLUSTERDOWN The cluster is down")]
    [InlineData("LOADING Redis is loading the dataset in memory")]
    [InlineData("NOSCRIPT No matching script. Please use EVAL.")]
    [InlineData("READONLY You can't write against a read only replica.")]
    [InlineData("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.")]
    [InlineData("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.")]
    [InlineData("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)")]
    [InlineData("Endpoint 127.0.0.1:6381 serving hashslot 3999 is not reachable at this point of time. Please check connectTimeout value.")]
    [InlineData("Key has MOVED to Endpoint 127.0.0.1:6381 and hashslot 3999 but CommandFlags.NoRedirect was specified - redirect not followed for EVALSHA. ")]
    public void A_server_error_that_passes_by_itself_is_worth_another_try(string message)
    {
        var error = ServerError(message);

        RedisErrors.IsPassing(error).Should().BeTrue();
        RedisErrors.IsRefused(error).Should().BeFalse();
        RedisErrors.IsUnanswered(error).Should().BeFalse("the server has answered that it did nothing");
    }

    [Theory]
    [InlineData("MOVED 3999 127.0.0.1:6381", "127.0.0.1:6381")]
    [InlineData("Endpoint 127.0.0.1:6381 serving hashslot 3999 is not reachable at this point of time.", "127.0.0.1:6381")]
    [InlineData("Endpoint Unspecified/redis-2:6381 serving hashslot 3999 is not reachable at this point of time.", "Unspecified/redis-2:6381")]
    [InlineData("Key has MOVED to Endpoint 127.0.0.1:6381 and hashslot 3999 but CommandFlags.NoRedirect was specified - redirect not followed for EVALSHA. ", "127.0.0.1:6381")]
    [InlineData("Key has MOVED but CommandFlags.NoRedirect was specified - redirect not followed. ", null)]
    [InlineData("READONLY You can't write against a read only replica.", null)]
    public void An_error_that_names_the_server_of_the_slot_tells_where_to_go(string message, string? server)
        => (RedisErrors.MovedTo(ServerError(message))?.ToString()).Should().Be(server);

    [Theory]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value")]
    [InlineData("NOPERM this user has no permissions to run the 'evalsha' command")]
    [InlineData("ERR unknown command")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.")]
    public void A_server_error_that_needs_a_person_is_not(string message)
    {
        var error = ServerError(message);

        RedisErrors.IsPassing(error).Should().BeFalse();
        RedisErrors.IsRefused(error).Should().BeTrue();
    }

    [Fact]
    public void A_call_without_an_answer_may_have_been_carried_out()
    {
        foreach (var error in new[] { (Exception)RuntimeHelpers.GetUninitializedObject(typeof(RedisConnectionException)), new TimeoutException() })
        {
            RedisErrors.IsPassing(error).Should().BeTrue();
            RedisErrors.IsUnanswered(error).Should().BeTrue();
        }
    }

    [Fact]
    public void A_full_server_is_told_from_other_refusals()
    {
        RedisErrors.IsFull(ServerError("OOM command not allowed when used memory > 'maxmemory'.")).Should().BeTrue();
        RedisErrors.IsFull(ServerError("ERR no room for this joke")).Should().BeFalse();
    }

    /// <summary>The client keeps its constructors to itself.</summary>
    private static RedisServerException ServerError(string message) => (RedisServerException)Activator.CreateInstance(
        typeof(RedisServerException), BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, binder: null, [message], culture: null)!;
}
