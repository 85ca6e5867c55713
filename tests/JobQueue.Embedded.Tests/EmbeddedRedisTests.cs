using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using JobQueue.Embedded.Servers;
using JobQueue.Embedded.Tests.Support;
using StackExchange.Redis;

namespace JobQueue.Embedded.Tests;

public sealed class EmbeddedRedisTests
{
    public static TheoryData<EmbeddedServerKind> Kinds => [.. Enum.GetValues<EmbeddedServerKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_started_server_answers_and_says_what_it_is(EmbeddedServerKind kind)
    {
        await using var server = await Machine.StartAsync(kind);
        using var connection = await server.ConnectAsync();

        (await connection.GetDatabase().PingAsync()).Should().BePositive();
        server.Version.Should().MatchRegex(@"^\d+\.\d+\.\d+");
        Machine.IsRunning(server.ProcessId).Should().BeTrue();
        server.ToString().Should().Be($"{server.Server} {server.Version} on 127.0.0.1:{server.Port} (process {server.ProcessId})");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_server_that_answers_is_of_the_kind_that_was_asked_for(EmbeddedServerKind kind)
    {
        await using var server = await Machine.StartAsync(kind);

        // Some systems install Valkey under the name redis-server.
        server.Server.Should().Be(kind == EmbeddedServerKind.Redis && server.Server == EmbeddedServerKind.Valkey ? EmbeddedServerKind.Valkey : kind);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_script_runs_with_the_keys_of_a_job(EmbeddedServerKind kind)
    {
        await using var server = await Machine.StartAsync(kind);
        using var connection = await server.ConnectAsync();

        var result = await connection.GetDatabase().ScriptEvaluateAsync(
            "redis.call('LPUSH', KEYS[1], ARGV[1]); return redis.call('LLEN', KEYS[1])", [(RedisKey)"{jq:0}:queue"], [(RedisValue)"id"]);

        ((int)result).Should().Be(1);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_message_reaches_another_connection(EmbeddedServerKind kind)
    {
        await using var server = await Machine.StartAsync(kind);
        using var sender = await server.ConnectAsync();
        using var receiver = await server.ConnectAsync();
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await receiver.GetSubscriber().SubscribeAsync("wake", (_, value) => received.TrySetResult(value!));

        await sender.GetSubscriber().PublishAsync("wake", "now");

        (await received.Task.WaitAsync(TimeSpan.FromSeconds(30))).Should().Be("now");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Without_the_password_nothing_is_answered(EmbeddedServerKind kind)
    {
        await using var server = await Machine.StartAsync(kind);

        (await server.SendWithoutPasswordAsync("GET", "key")).Should().StartWith("-NOAUTH");
        (await server.SendWithoutPasswordAsync("AUTH", "wrong")).Should().StartWith("-");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_password_cannot_be_read_from_the_process(EmbeddedServerKind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc, which is Linux only.");
        await using var server = await Machine.StartAsync(kind);

        var processes = Directory.EnumerateDirectories("/proc").Where(directory => int.TryParse(Path.GetFileName(directory), out _)).ToList();

        File.ReadAllText($"/proc/{server.ProcessId}/cmdline").Should().NotBeEmpty();
        processes.Select(directory => ReadIfThere(Path.Combine(directory, "cmdline"))).Should().NotContain(line => line.Contains(server.Password(), StringComparison.Ordinal));
        ReadIfThere($"/proc/{server.ProcessId}/environ").Should().NotContain(server.Password());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Once_it_runs_the_password_is_in_no_file(EmbeddedServerKind kind)
    {
        await using var server = await Machine.StartAsync(kind);

        Directory.EnumerateFileSystemEntries(server.WorkingDirectory).Should().BeEmpty();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task It_listens_on_loopback_only(EmbeddedServerKind kind)
    {
        await using var server = await Machine.StartAsync(kind);

        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == server.Port);

        listeners.Should().Equal(new IPEndPoint(IPAddress.Loopback, server.Port));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Disposal_leaves_no_process_and_no_files(EmbeddedServerKind kind)
    {
        var server = await Machine.StartAsync(kind);
        using (var connection = await server.ConnectAsync())
        {
            await connection.GetDatabase().StringSetAsync("key", "value");
        }

        await server.DisposeAsync();

        Machine.IsRunning(server.ProcessId).Should().BeFalse();
        Directory.Exists(server.WorkingDirectory).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Disposal_at_the_same_time_and_again_is_harmless(EmbeddedServerKind kind)
    {
        var server = await Machine.StartAsync(kind);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => server.DisposeAsync().AsTask())));
        await server.DisposeAsync();

        Machine.IsRunning(server.ProcessId).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Disposal_is_harmless_when_the_server_has_died(EmbeddedServerKind kind)
    {
        var server = await Machine.StartAsync(kind);
        using (var process = System.Diagnostics.Process.GetProcessById(server.ProcessId))
        {
            process.Kill();
        }

        await server.DisposeAsync();

        Machine.IsRunning(server.ProcessId).Should().BeFalse();
        Directory.Exists(server.WorkingDirectory).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_port_that_another_program_took_is_replaced(EmbeddedServerKind kind)
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var taken = ((IPEndPoint)stranger.LocalEndpoint).Port;
        var ports = new Queue<int>([taken, FreePort.Find()]);

        await using var server = await Machine.StartAsync(kind, new() { StartTimeout = TimeSpan.FromMinutes(2) }, ports.Dequeue);

        server.Port.Should().NotBe(taken);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task When_every_port_is_taken_the_error_says_so(EmbeddedServerKind kind)
    {
        await using var other = await Machine.StartAsync(kind);

        var start = () => Machine.StartAsync(kind, findPort: () => other.Port);

        (await start.Should().ThrowAsync<EmbeddedRedisException>()).Which.ErrorId.Should().Be("JQ5006");
        (await other.SendWithoutPasswordAsync("GET", "key")).Should().StartWith("-NOAUTH", "the server that has the port is left alone");
    }

    [Fact]
    public async Task Five_servers_started_at_once_have_five_ports()
    {
        Machine.SkipUnlessAnyPresent();
        var servers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => EmbeddedRedis.StartAsync(cancellationToken: TestContext.Current.CancellationToken)));
        try
        {
            servers.Select(server => server.Port).Should().OnlyHaveUniqueItems();
            servers.Select(server => server.ProcessId).Should().OnlyHaveUniqueItems();
            servers.Select(server => server.Password()).Should().OnlyHaveUniqueItems();
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_cancelled_start_throws_and_starts_nothing()
    {
        Machine.SkipUnlessAnyPresent();

        var start = () => EmbeddedRedis.StartAsync(cancellationToken: new CancellationToken(canceled: true));

        await start.Should().ThrowAsync<OperationCanceledException>();
    }

    private static string ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
