using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>A master with two replicas: what a caller is told when they have a job, and when they have not.</summary>
public sealed class ReplicasToAcknowledgeTests
{
    /// <summary>Also for replicas on a machine that is busy with other tests.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_acknowledged_job_is_on_every_replica_that_was_asked_for()
    {
        await using var servers = await RedisReplicas.StartAsync(replicas: 2);
        using var host = await StartAsync(servers, replicas: 2, LongEnough);
        var jobs = host.Services.GetRequiredService<IJobQueue>();

        foreach (var number in Enumerable.Range(0, 50))
        {
            var id = await jobs.EnqueueAsync("work", number, cancellationToken: Test);
            (await CountCopiesAsync(servers, id)).Should().Be(2);
        }

        var ids = await jobs.EnqueueManyAsync(Enumerable.Range(0, 1_200).Select(static number => new JobRequest("work", number)), Test);
        (await CountCopiesAsync(servers, ids[0]) + await CountCopiesAsync(servers, ids[^1])).Should().Be(4);
    }

    [Fact]
    public async Task An_enqueue_waits_for_a_replica_that_is_slow()
    {
        await using var servers = await RedisReplicas.StartAsync(replicas: 1);
        using var host = await StartAsync(servers, replicas: 1, LongEnough);
        var jobs = host.Services.GetRequiredService<IJobQueue>();
        await jobs.EnqueueAsync("work", 0, cancellationToken: Test);
        var master = servers.Master;
        var replica = servers.Replicas.Single();
        replica.Freeze();
        var id = JobId.FromKey("slow");

        var enqueue = jobs.EnqueueAsync("work", 1, o => o.Id = id, Test);
        await Eventually.HoldsAsync(async () => await master.SendAsync("EXISTS", KeyOf(id)) == ":1", "the master has it");
        enqueue.IsCompleted.Should().BeFalse("the replica does not have it");
        replica.Thaw();

        (await Eventually.EndsAsync(enqueue)).Should().Be(id);
        (await CountCopiesAsync(servers, id)).Should().Be(1);
    }

    [Fact]
    public async Task Without_enough_replicas_the_caller_is_told_and_the_job_is_stored_and_known_once_they_are_back()
    {
        await using var servers = await RedisReplicas.StartAsync(replicas: 2);
        using var host = await StartAsync(servers, replicas: 1);
        var jobs = host.Services.GetRequiredService<IJobQueue>();
        await servers.DetachAsync();
        var id = JobId.FromKey("alone");
        var enqueue = () => jobs.EnqueueAsync("work", 1, o => o.Id = id, Test);

        var error = (await enqueue.Should().ThrowAsync<JobQueueUnavailableException>()).Which;
        error.ErrorId.Should().Be("JQ1116");
        error.JobIds.Should().Equal([id]);
        error.MayHaveBeenEnqueued.Should().BeTrue();
        (await jobs.GetAsync(id, Test))!.State.Should().Be(JobState.Pending);
        (await enqueue.Should().ThrowAsync<JobQueueUnavailableException>("that it is there is acknowledged neither")).Which.ErrorId.Should().Be("JQ1116");

        await servers.AttachAsync();

        await enqueue.Should().ThrowAsync<DuplicateJobException>("it is there");
        (await CountCopiesAsync(servers, id)).Should().BeGreaterThan(0);
        await jobs.EnqueueAsync("work", 2, cancellationToken: Test);
    }

    [Fact]
    public async Task A_recurring_job_and_a_dead_letters_new_round_are_acknowledged_too()
    {
        await using var servers = await RedisReplicas.StartAsync(replicas: 1);
        using var host = await StartAsync(servers, replicas: 1, runWorkers: true);
        var (jobs, dead) = (host.Services.GetRequiredService<IJobQueue>(), host.Services.GetRequiredService<IDeadLetterQueue>());
        var id = await jobs.EnqueueAsync("fail", 0, cancellationToken: Test);
        await Eventually.HoldsAsync(async () => await jobs.GetAsync(id, Test) is { State: JobState.Dead }, "the job is dead");
        await servers.DetachAsync();

        Func<Task>[] calls =
        [
            () => host.Services.GetRequiredService<IJobScheduler>().RegisterAsync("nightly", "work", JobSchedule.Every(TimeSpan.FromHours(1)), 1, cancellationToken: Test),
            () => dead.RetryAllAsync(cancellationToken: Test),
        ];

        foreach (var call in calls)
        {
            (await call.Should().ThrowAsync<JobQueueUnavailableException>()).Which.ErrorId.Should().Be("JQ1116");
        }
    }

    [Fact]
    public async Task A_wait_does_not_count_for_what_was_written_over_a_connection_that_has_ended()
    {
        await using var servers = await RedisReplicas.StartAsync(replicas: 1);
        using var host = await StartAsync(servers, replicas: 1);
        await using var connection = ConnectionOf(host);
        var shard = await connection.GetFirstAsync(Test);
        var master = servers.Master;

        using var client = await TestServer.ConnectAsync(ConfigurationOptions.Parse($"{master.EndPoint},password={servers.Password},syncTimeout=30000,allowAdmin=true"));
        var line = await AcknowledgedLine.OpenAsync(client, keys => new RedisShard(client, keys, TimeSpan.FromSeconds(30), TimeProvider.System), shard.Keys, "line");
        await line.ShardOf(shard.Keys).EvaluateAsync(RedisScripts.Pause, ["queue"], Test);
        (await line.WaitAsync(shard.Keys, 1, TimeSpan.FromSeconds(20), Test)).Should().Be(1);

        master.Kill();
        await master.RestartAsync(); // Empty, and its replica follows.
        await Eventually.HoldsAsync(() => AnswersAsync(line.ShardOf(shard.Keys)), "the client has connected again");
        await Eventually.HoldsAsync(async () => (await master.SendAsync("INFO", "replication")).Contains("state=online", StringComparison.Ordinal), "the replica follows");

        var wait = () => line.WaitAsync(shard.Keys, 1, TimeSpan.FromSeconds(20), Test);
        await wait.Should().ThrowAsync<TimeoutException>("the replica has what the connection wrote, and that is not what was written before");
    }

    [Fact]
    public async Task A_server_that_cant_wait_is_refused_at_start()
    {
        await using var servers = await RedisReplicas.StartAsync(replicas: 0, "rename-command WAIT \"\"");

        var start = () => StartAsync(servers, replicas: 1);

        (await start.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ2011");
    }

    private static RedisConnection ConnectionOf(IHost host) => host.Services.GetRequiredService<RedisConnection>();

    private static async Task<bool> AnswersAsync(RedisShard shard)
    {
        try
        {
            await shard.FindServerAsync(Test);
            return true;
        }
        catch (Exception e) when (RedisErrors.IsPassing(e))
        {
            return false;
        }
    }

    private static async Task<IHost> StartAsync(RedisReplicas servers, int replicas, TimeSpan? callTimeout = null, bool runWorkers = false)
    {
        var host = TestHost.Build(
            servers.ConnectionString,
            static jobs => jobs
                .AddJobHandler<int>("work", static (_, _, _) => Task.CompletedTask)
                .AddJobHandler<int>("fail", static (_, _, _) => throw new InvalidOperationException("on purpose"), static handler => handler.MaxRetries = 0),
            options =>
            {
                options.KeyPrefix = "jq";
                options.RunWorkers = runWorkers;
                options.RunScheduler = false;
                options.CallTimeout = callTimeout ?? options.CallTimeout;
                options.ReplicasToAcknowledge = replicas;
            });
        await host.StartAsync(Test);
        return host;
    }

    private static string KeyOf(JobId id) => $"{{jq:0}}:job:{id}";

    private static async Task<int> CountCopiesAsync(RedisReplicas servers, JobId id)
    {
        var copies = 0;
        foreach (var replica in servers.Replicas)
        {
            copies += await replica.SendAsync("EXISTS", KeyOf(id)) == ":1" ? 1 : 0;
        }

        return copies;
    }
}
