using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// The client reads replies on the task scheduler that was current when it connected. A host that is started on one with few threads (a test runner's, an
/// actor's) had its heartbeat read there: while those threads were busy no beat was answered, and the process lost its leases.
/// </summary>
public sealed class A_connection_reads_on_the_pool_whoever_opens_it(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task A_call_is_answered_while_the_only_thread_of_its_openers_scheduler_waits()
    {
        await Store.SeedAsync(static seed => seed.Worker("w"));
        var options = Options.Create(new JobQueueOptions { ConnectionString = Server.ConnectionString, KeyPrefix = Store.Prefix });
        await using var connection = new RedisConnection(options, TimeProvider.System, NullLogger<RedisConnection>.Instance);
        var oneAtATime = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;

        var status = await Task.Factory.StartNew(
            async () =>
            {
                var shard = (await connection.OpenForHeartbeatAsync(TestContext.Current.CancellationToken))(0);
                return BeatScript.Run(shard, "w", TimeSpan.FromHours(1), TimeSpan.FromHours(1), "{}").Status; // Waits in the only thread.
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.None,
            oneAtATime).Unwrap();

        status.Should().Be(ScriptStatus.Applied);
    }
}
