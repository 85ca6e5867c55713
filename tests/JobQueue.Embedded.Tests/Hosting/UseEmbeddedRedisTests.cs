using System.Net;
using JobQueue.Embedded.Hosting;
using JobQueue.Embedded.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace JobQueue.Embedded.Tests.Hosting;

public sealed class UseEmbeddedRedisTests
{
    [Fact]
    public async Task A_host_gets_one_server_for_both_of_its_connections()
    {
        Machine.SkipUnlessAnyPresent();
        using var host = Build(builder => builder.UseEmbeddedRedis());
        await host.StartAsync(TestContext.Current.CancellationToken);
        var connect = Options(host).ConnectionFactory!;

        using var traffic = (ConnectionMultiplexer)await connect(TestContext.Current.CancellationToken);
        using var heartbeat = (ConnectionMultiplexer)await connect(TestContext.Current.CancellationToken);

        heartbeat.Should().NotBeSameAs(traffic);
        heartbeat.GetEndPoints().Should().Equal(traffic.GetEndPoints());
        await traffic.GetDatabase().StringSetAsync("key", "value");
        ((string?)await heartbeat.GetDatabase().StringGetAsync("key")).Should().Be("value");
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_server_runs_until_the_services_are_disposed_and_no_longer()
    {
        Machine.SkipUnlessAnyPresent();
        var host = Build(builder => builder.UseEmbeddedRedis());
        await host.StartAsync(TestContext.Current.CancellationToken);
        var server = await host.Services.GetRequiredService<SharedServer>().GetAsync(CancellationToken.None);

        await host.StopAsync(TestContext.Current.CancellationToken);
        Machine.IsRunning(server.ProcessId).Should().BeTrue("services that end with the host still use it");

        host.Dispose();
        Machine.IsRunning(server.ProcessId).Should().BeFalse();
    }

    [Fact]
    public async Task Connections_asked_for_before_the_host_starts_share_the_one_server()
    {
        Machine.SkipUnlessAnyPresent();
        using var host = Build(builder => builder.UseEmbeddedRedis());
        var connect = Options(host).ConnectionFactory!;

        var connections = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => connect(CancellationToken.None))));
        await host.StartAsync(TestContext.Current.CancellationToken);
        var server = await host.Services.GetRequiredService<SharedServer>().GetAsync(CancellationToken.None);

        connections.SelectMany(connection => connection.GetEndPoints()).Distinct().Should().Equal(new IPEndPoint(IPAddress.Loopback, server.Port));
        foreach (var connection in connections.Cast<ConnectionMultiplexer>())
        {
            connection.Dispose();
        }
    }

    [Fact]
    public async Task A_synchronous_disposal_ends_the_server_too()
    {
        Machine.SkipUnlessAnyPresent();
        var shared = new SharedServer(new());
        var server = await shared.GetAsync(CancellationToken.None);

        shared.Dispose();

        Machine.IsRunning(server.ProcessId).Should().BeFalse();
        await shared.Awaiting(s => s.GetAsync(CancellationToken.None)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Called_twice_the_last_options_count_and_there_is_one_server()
    {
        Machine.SkipUnlessAnyPresent();
        using var directory = new TestDirectory();
        using (var host = Build(builder => builder.UseEmbeddedRedis().UseEmbeddedRedis(new() { DataDirectory = directory.FullPath })))
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            host.Services.GetServices<SharedServer>().Should().ContainSingle();
            host.Services.GetServices<IHostedService>().OfType<StartWithHost>().Should().ContainSingle();
            Directory.EnumerateFileSystemEntries(directory.FullPath).Should().ContainSingle();
        }
    }

    [Fact]
    public async Task Data_is_kept_from_one_host_to_the_next()
    {
        Machine.SkipUnlessAnyPresent();
        using var directory = new TestDirectory();
        foreach (var expected in new[] { 1, 2 })
        {
            using var host = Build(builder => builder.UseEmbeddedRedis(new() { DataDirectory = directory.FullPath }));
            await host.StartAsync(TestContext.Current.CancellationToken);
            using var connection = (ConnectionMultiplexer)await Options(host).ConnectionFactory!(TestContext.Current.CancellationToken);
            (await connection.GetDatabase().StringIncrementAsync("hosts")).Should().Be(expected);
        }
    }

    [Fact]
    public async Task A_server_that_cannot_start_fails_the_start_of_the_host()
    {
        using var host = Build(builder => builder.UseEmbeddedRedis(new() { DataDirectory = typeof(UseEmbeddedRedisTests).Assembly.Location }));

        (await host.Awaiting(h => h.StartAsync()).Should().ThrowAsync<EmbeddedRedisException>()).Which.ErrorId.Should().Be("JQ5003");
    }

    [Theory]
    [InlineData(nameof(JobQueueOptions.ConnectionString))]
    [InlineData(nameof(JobQueueOptions.ConnectionFactory))]
    public void Another_connection_beside_it_is_refused(string option)
    {
        using var host = Build(builder =>
        {
            builder.Services.Configure<JobQueueOptions>(options =>
            {
                options.ConnectionString = option == nameof(options.ConnectionString) ? "localhost:6379" : null;
                options.ConnectionFactory = option == nameof(options.ConnectionFactory) ? _ => Task.FromResult<IConnectionMultiplexer>(null!) : null;
            });
            builder.UseEmbeddedRedis();
        });

        var read = () => Options(host);

        read.Should().Throw<EmbeddedRedisException>().WithMessage($"JQ5010: *JobQueueOptions.{option}*");
    }

    [Fact]
    public async Task Services_disposed_during_a_start_leave_no_server()
    {
        Machine.SkipUnlessAnyPresent();
        var server = new SharedServer(new());
        var starting = server.GetAsync(CancellationToken.None);

        await server.DisposeAsync();

        // Either the start was cancelled, or it was first and its server was ended.
        try
        {
            Machine.IsRunning((await starting).ProcessId).Should().BeFalse();
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Nothing was started.
        }
    }

    [Fact]
    public void A_missing_builder_is_refused() =>
        FluentActions.Invoking(() => EmbeddedRedisJobQueueBuilderExtensions.UseEmbeddedRedis(null!)).Should().Throw<ArgumentNullException>();

    private static IHost Build(Action<JobQueueBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        configure(builder.Services.AddJobQueue(options => options.RunWorkers = false));
        return builder.Build();
    }

    private static JobQueueOptions Options(IHost host) => host.Services.GetRequiredService<IOptions<JobQueueOptions>>().Value;
}
