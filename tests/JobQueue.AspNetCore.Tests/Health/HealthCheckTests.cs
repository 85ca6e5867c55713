using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace JobQueue.AspNetCore.Tests.Health;

/// <summary>What the health check reports of a real server and of the loops of a real host.</summary>
public sealed class HealthCheckTests(TestServer server)
{
    private static readonly string[] Tags = ["ready"];

    [Fact]
    public async Task A_host_that_works_is_healthy_and_tells_in_numbers()
    {
        await using var host = await StartAsync();

        var report = await CheckAsync(host);

        report.Status.Should().Be(HealthStatus.Healthy, report.Description);
        report.Data.Should().ContainKeys(
            "redis_connected", "redis_latency_ms", "eviction_policy", "persistence", "live_workers", "pending", "oldest_pending_age_s", "fetch_age_ms.default", "recurring_age_ms");
        report.Data["live_workers"].Should().Be(1L);
        report.Data["eviction_policy"].Should().Be(server.IsGarnet ? "unknown" : "noeviction");
        (await host.GetAsync("/jobs/health")).GetProperty("status").GetString().Should().Be("healthy");
    }

    [Fact]
    public async Task A_server_that_keeps_nothing_on_disk_is_told_of()
    {
        await using var host = await StartAsync(health: static options => options.RequirePersistence = true);

        var report = await CheckAsync(host);

        report.Status.Should().Be(HealthStatus.Degraded);
        report.Description.Should().Contain("a restart loses every job").And.Contain("appendonly yes");
        report.Data["persistence"].Should().Be("none");
    }

    [Fact]
    public async Task A_server_that_keeps_its_data_is_healthy()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(TestServer.Variable) is null && server.IsGarnet, "The server that was found is the only one.");
        var folder = Directory.CreateTempSubdirectory("jq-health-");
        try
        {
            await using var own = await EmbeddedRedis.StartAsync(new EmbeddedRedisOptions { DataDirectory = folder.FullName }, TestContext.Current.CancellationToken);
            await using var host = await StartAsync(queue: options => options.ConnectionString = own.ConnectionString, health: static options => options.RequirePersistence = true);

            var report = await CheckAsync(host);

            report.Status.Should().Be(HealthStatus.Healthy, report.Description);
            report.Data["persistence"].Should().BeOneOf("append-only file", "snapshots");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_server_that_may_evict_jobs_is_told_of()
    {
        Assert.SkipWhen(server.IsGarnet, "Garnet evicts nothing, and tells no policy.");
        await using var own = await EmbeddedRedis.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var host = await StartAsync(queue: options => options.ConnectionString = own.ConnectionString);
        using var connection = await ConnectionMultiplexer.ConnectAsync(own.ConnectionString + ",allowAdmin=true");
        await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");

        var report = await CheckAsync(host);

        report.Status.Should().Be(HealthStatus.Degraded);
        report.Description.Should().Contain("'allkeys-lru'").And.Contain("set maxmemory-policy to noeviction");
    }

    [Fact]
    public async Task A_server_that_is_away_fails_the_check_as_the_host_wants_it()
    {
        var own = await EmbeddedRedis.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var host = await StartAsync(
            queue: options => (options.ConnectionString, options.CallTimeout) = (own.ConnectionString, TimeSpan.FromSeconds(1)), failureStatus: HealthStatus.Degraded);
        await own.DisposeAsync();

        HealthReportEntry report = default;
        await Eventually.HoldsAsync(async () => (report = await CheckAsync(host)).Status == HealthStatus.Degraded, "the check has failed");

        report.Description.Should().Contain("Redis");
        report.Exception.Should().BeAssignableTo<JobQueueException>();
        report.Data["redis_connected"].Should().Be(false);
        report.Data.Should().ContainKey("fetch_age_ms.default", "the loops are looked at all the same");
        report.Tags.Should().Equal(Tags);
        (await host.SendRawAsync("/health", 503)).GetProperty("status").GetString().Should().Be("unhealthy");
        (await host.SendRawAsync("/jobs/health", 503)).GetProperty("status").GetString().Should().Be("unhealthy");
    }

    [Theory]
    [InlineData("floors", "The fetch loop of pool 'default' has had no answer for ")]
    [InlineData("recurring:due", "The loop that fires recurring jobs has made no pass for ")]
    public async Task A_loop_that_fails_every_time_fails_the_check_although_Redis_answers(string key, string problem)
    {
        await using var host = await StartAsync(
            queue: static options => options.PollInterval = TimeSpan.FromMilliseconds(100),
            health: static options => options.MaxLoopAge = TimeSpan.FromSeconds(1));
        var name = host.Key(key);
        var database = server.Connection.GetDatabase();
        await database.KeyDeleteAsync(name);
        await database.StringSetAsync(name, "not what it must be");

        HealthReportEntry report = default;
        await Eventually.HoldsAsync(
            async () => (report = await CheckAsync(host)).Status == HealthStatus.Unhealthy && report.Description!.Contains(problem, StringComparison.Ordinal), "the check has failed for that reason");

        report.Data["redis_connected"].Should().Be(true);
        if (key == "floors")
        {
            (await host.GetAsync("/health")).GetProperty("status").GetString().Should().Be("healthy", "its own bound is 30 s");
        }

        await database.KeyDeleteAsync(name);
        await Eventually.HoldsAsync(async () => (await CheckAsync(host)).Status == HealthStatus.Healthy, "the loop turns again");
    }

    [Fact]
    public async Task No_worker_and_a_job_that_nobody_takes_are_told_of_unless_its_queue_is_paused()
    {
        await using var host = await StartAsync(queue: static options => options.RunWorkers = false, health: static options => options.MaxPendingAge = TimeSpan.FromSeconds(1));
        (await CheckAsync(host)).Description.Should().StartWith("No worker is alive").And.NotContain("has waited");
        await host.Jobs.EnqueueAsync("echo", new { }, static options => options.Queue = "slow");

        HealthReportEntry report = default;
        await Eventually.HoldsAsync(async () => (report = await CheckAsync(host)).Description!.Contains("has waited", StringComparison.Ordinal), "the job has waited too long");

        report.Status.Should().Be(HealthStatus.Degraded);
        report.Description.Should().Contain("The oldest job of queue 'slow' has waited for ").And.Contain("add workers");
        ((double)report.Data["oldest_pending_age_s"]).Should().BeGreaterThanOrEqualTo(1);
        await host.Monitor.PauseAsync("slow");
        (await CheckAsync(host)).Description.Should().NotContain("has waited");
        (await host.GetAsync("/jobs/health")).GetProperty("status").GetString().Should().Be("degraded");
    }

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        var add = static (Action<JobQueueHealthOptions> configure) => FluentActions.Invoking(() => new ServiceCollection().AddHealthChecks().AddJobQueue(configure: configure));

        add(static options => options.MaxLoopAge = TimeSpan.Zero).Should().Throw<InvalidOperationException>().WithMessage("JobQueueHealthOptions.MaxLoopAge is 00:00:00*");
        add(static options => options.MaxPendingAge = TimeSpan.FromDays(8)).Should().Throw<InvalidOperationException>().WithMessage("*MaxPendingAge is 8.00:00:00*");
        add(static options => options.MaxPendingAge = null).Should().NotThrow();
    }

    private Task<ApiHost> StartAsync(Action<JobQueueOptions>? queue = null, Action<JobQueueHealthOptions>? health = null, HealthStatus? failureStatus = null) => ApiHost.StartAsync(
        server,
        queue: queue,
        services: services => services.AddHealthChecks().AddJobQueue(failureStatus: failureStatus, tags: Tags, configure: options =>
        {
            options.RequirePersistence = false;
            health?.Invoke(options);
        }));

    private static async Task<HealthReportEntry> CheckAsync(ApiHost host)
        => (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["jobqueue"];
}
