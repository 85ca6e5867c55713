using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Embedded.Tests;

/// <summary>Each runs against every server program that this machine has.</summary>
public sealed class EmbeddedRedisTests
{
    public static TheoryData<EmbeddedServerKind> Kinds => [EmbeddedServerKind.Redis, EmbeddedServerKind.Valkey, EmbeddedServerKind.Garnet];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_server_answers_with_its_password_and_refuses_without(EmbeddedServerKind kind)
    {
        await using var server = await StartOrSkipAsync(kind);

        using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        await connection.GetDatabase().StringSetAsync("key", "value");

        ((string?)await connection.GetDatabase().StringGetAsync("key")).Should().Be("value");
        var withoutPassword = () => ConnectionMultiplexer.ConnectAsync(server.ConnectionString.Split(',')[0] + ",connectRetry=1,connectTimeout=1000");
        await withoutPassword.Should().ThrowAsync<RedisConnectionException>();
        server.Server.Should().Be(kind);
        server.ConnectionString.Should().StartWith("127.0.0.1:");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_password_is_not_on_the_command_line(EmbeddedServerKind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Command lines of other processes are read from /proc, which is Linux's.");
        await using var server = await StartOrSkipAsync(kind);

        var commandLine = await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{server.ProcessId}/cmdline"));

        var password = server.ConnectionString.Split("password=")[1];
        password.Should().HaveLength(40);
        commandLine.Should().NotBeEmpty().And.NotContain(password);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Data_in_a_directory_survives_a_restart(EmbeddedServerKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("embedded-");
        try
        {
            var options = new EmbeddedRedisOptions { Server = kind, DataDirectory = Path.Combine(folder.FullName, "data") };
            await using (var first = await StartOrSkipAsync(kind, options))
            {
                using var connection = await ConnectionMultiplexer.ConnectAsync(first.ConnectionString);
                await connection.GetDatabase().StringSetAsync("key", "kept");
            }

            await using var second = await EmbeddedRedis.StartAsync(options);
            using var again = await ConnectionMultiplexer.ConnectAsync(second.ConnectionString);
            ((string?)await again.GetDatabase().StringGetAsync("key")).Should().Be("kept");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Disposal_ends_the_process_and_may_be_repeated(EmbeddedServerKind kind)
    {
        var server = await StartOrSkipAsync(kind);

        await server.DisposeAsync();
        await server.DisposeAsync();

        var find = () => System.Diagnostics.Process.GetProcessById(server.ProcessId);
        find.Should().Throw<ArgumentException>();
    }

    [Fact]
    public async Task Servers_started_together_get_ports_of_their_own()
    {
        var first = await StartAnyOrSkipAsync();
        var others = await Task.WhenAll(Enumerable.Range(0, 3).Select(static _ => EmbeddedRedis.StartAsync()));
        try
        {
            others.Append(first).Select(s => s.ConnectionString.Split(',')[0]).Should().OnlyHaveUniqueItems();
        }
        finally
        {
            await first.DisposeAsync();
            foreach (var server in others)
            {
                await server.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_data_directory_that_is_a_file_is_refused()
    {
        var file = Path.GetTempFileName();
        try
        {
            var start = () => EmbeddedRedis.StartAsync(new EmbeddedRedisOptions { DataDirectory = file });
            (await start.Should().ThrowAsync<EmbeddedRedisException>()).Which.Message.Should()
                .Be($"JQ5003: EmbeddedRedisOptions.DataDirectory '{file}' is a file. Name a folder; it is created if it is missing.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<EmbeddedRedis> StartAnyOrSkipAsync() => StartOrSkipAsync(kind: null);

    private static async Task<EmbeddedRedis> StartOrSkipAsync(EmbeddedServerKind? kind, EmbeddedRedisOptions? options = null)
    {
        try
        {
            return await EmbeddedRedis.StartAsync(options ?? new EmbeddedRedisOptions { Server = kind });
        }
        catch (EmbeddedRedisException e) when (e.ErrorId == "JQ5001")
        {
            Assert.Skip(e.Message);
            throw;
        }
    }
}
