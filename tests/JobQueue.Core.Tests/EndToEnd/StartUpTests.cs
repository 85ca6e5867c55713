using System.Net;
using System.Net.Sockets;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace JobQueue.Core.Tests.EndToEnd;

public sealed class StartUpTests(TestServer server)
{
    [Fact]
    public async Task Every_wrong_option_is_named_at_once_with_its_range()
    {
        using var host = TestHost.Build(connectionString: null, static _ => { }, static o =>
        {
            o.Concurrency = 0;
            o.KeyPrefix = "{braces}";
            o.HeartbeatInterval = TimeSpan.FromSeconds(9);
            o.Backoff.MaxDelay = TimeSpan.Zero;
            o.Queues.Add("not a name");
        });

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        var message = (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message;
        message.Should().Contain("Concurrency must be between 1 and 1000")
            .And.Contain("KeyPrefix must be 1 to 64 letters")
            .And.Contain("HeartbeatInterval (00:00:09) must be at most a third of LeaseDuration (00:00:10)")
            .And.Contain("Backoff.MaxDelay")
            .And.Contain("'not a name'")
            .And.Contain("No connection is configured");
    }

    [Fact]
    public async Task Replicas_are_waited_for_on_a_connection_that_is_made_from_a_string()
    {
        using var host = TestHost.Build(null, static _ => { }, static o =>
        {
            o.ConnectionFactory = static _ => throw new InvalidOperationException("nobody connects");
            o.ReplicasToAcknowledge = 1;
        });

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<OptionsValidationException>()).WithMessage("*ReplicasToAcknowledge (1) needs a ConnectionString*");
    }

    [Fact]
    public void Options_are_bound_from_the_configuration_section()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["JobQueue:ConnectionString"] = "redis.internal:6380",
            ["JobQueue:Concurrency"] = "7",
            ["JobQueue:LeaseDuration"] = "00:00:20",
            ["JobQueue:Queues:0"] = "mail",
            ["JobQueue:Backoff:BaseDelay"] = "00:00:05",
        });
        builder.Services.AddJobQueue(static o => o.Concurrency++);
        using var host = builder.Build();

        var options = host.Services.GetRequiredService<IOptions<JobQueueOptions>>().Value;

        options.ConnectionString.Should().Be("redis.internal:6380");
        options.Concurrency.Should().Be(8, "code runs after the section");
        options.LeaseDuration.Should().Be(TimeSpan.FromSeconds(20));
        options.Queues.Should().Equal("mail");
        options.Backoff.BaseDelay.Should().Be(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Redis_away_at_start_is_one_clear_error_without_the_password()
    {
        using var host = TestHost.Build($"127.0.0.1:{FreePort()},password=sesame,connectRetry=1,connectTimeout=500", static _ => { });

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        var error = (await start.Should().ThrowAsync<JobQueueUnavailableException>()).Which;
        error.ErrorId.Should().Be("JQ2001");
        error.Message.Should().Contain("127.0.0.1:").And.Contain("ConnectionString").And.NotContain("sesame");
    }

    [Fact]
    public async Task A_shared_connection_works_and_stays_open()
    {
        await using (var host = await TestHost.StartAsync(
            server,
            static jobs => jobs.AddJobHandler<Numbered, int>("echo", static (args, _, _) => Task.FromResult(args.Number)),
            o => (o.ConnectionString, o.ConnectionMultiplexer) = (null, server.Connection)))
        {
            var id = await host.Jobs.EnqueueAsync("echo", new Numbered(5));
            (await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20))).Should().Be(5);
        }

        server.Connection.IsConnected.Should().BeTrue();
    }

    [Fact]
    public async Task A_name_registered_twice_fails_the_start()
    {
        using var host = TestHost.Build(server.ConnectionString, static jobs => jobs
            .AddJobHandler<Numbered>("same", static (_, _, _) => Task.CompletedTask)
            .AddJobHandler<Numbered>("same", static (_, _, _) => Task.CompletedTask));

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ3001");
    }

    [Fact]
    public void A_handler_whose_result_would_be_lost_is_refused()
    {
        var add = () => TestHost.Build("unused", static jobs => jobs.AddJobHandler<Numbered>("answer", AnswerAsync));

        add.Should().Throw<InvalidJobException>().Which.ErrorId.Should().Be("JQ3002");

        static Task<int> AnswerAsync(Numbered args, JobContext job, CancellationToken cancellationToken) => Task.FromResult(args.Number);
    }

    [Fact]
    public async Task A_shutdown_time_beyond_the_hosts_is_refused()
    {
        using var host = TestHost.Build(server.ConnectionString, static _ => { }, static o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ3004");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
