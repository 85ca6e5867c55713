using JobQueue.Embedded.Tests.Support;
using StackExchange.Redis;

namespace JobQueue.Embedded.Tests;

public sealed class DataDirectoryTests
{
    public static TheoryData<EmbeddedServerKind> Kinds => [.. Enum.GetValues<EmbeddedServerKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Data_survives_a_stop_and_a_start(EmbeddedServerKind kind)
    {
        using var directory = new TestDirectory();
        var options = new EmbeddedRedisOptions { DataDirectory = directory.Combine("a \"quoted\" näme", "data") };
        await using (var first = await Machine.StartAsync(kind, options))
        {
            await WriteAsync(first);
        }

        await using (var second = await Machine.StartAsync(kind, options))
        {
            await ShouldHoldWhatWasWrittenAsync(second);
        }

        // A third start reads what the second has rewritten or only read.
        await using var third = await Machine.StartAsync(kind, options);
        await ShouldHoldWhatWasWrittenAsync(third);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_last_write_before_a_stop_survives(EmbeddedServerKind kind)
    {
        using var directory = new TestDirectory();
        var options = new EmbeddedRedisOptions { DataDirectory = directory.FullPath };
        var first = await Machine.StartAsync(kind, options);
        using (var connection = await first.ConnectAsync())
        {
            await connection.GetDatabase().StringSetAsync("early", "value");
            await connection.GetDatabase().StringSetAsync("last", "value");

            // The client still writes when the server stops: nothing gives the log time to reach the disk by itself.
            await first.DisposeAsync();
        }

        await using var second = await Machine.StartAsync(kind, options);
        using var reader = await second.ConnectAsync();
        ((string?)await reader.GetDatabase().StringGetAsync("last")).Should().Be("value");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task In_memory_data_ends_with_the_server(EmbeddedServerKind kind)
    {
        await using (var first = await Machine.StartAsync(kind))
        {
            await WriteAsync(first);
        }

        await using var second = await Machine.StartAsync(kind);
        using var connection = await second.ConnectAsync();
        (await connection.GetDatabase().KeyExistsAsync("string")).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_second_server_on_the_same_directory_is_refused(EmbeddedServerKind kind)
    {
        using var directory = new TestDirectory();
        var options = new EmbeddedRedisOptions { DataDirectory = directory.FullPath };
        await using var first = await Machine.StartAsync(kind, options);

        var second = () => Machine.StartAsync(kind, options);

        (await second.Should().ThrowAsync<EmbeddedRedisException>()).Which.ErrorId.Should().Be("JQ5007");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_directory_is_free_again_after_a_failed_start(EmbeddedServerKind kind)
    {
        using var directory = new TestDirectory();
        var options = new EmbeddedRedisOptions { DataDirectory = directory.FullPath };
        await using (var other = await Machine.StartAsync(kind))
        {
            var failing = () => Machine.StartAsync(kind, options, () => other.Port);
            await failing.Should().ThrowAsync<EmbeddedRedisException>();
        }

        await using var server = await Machine.StartAsync(kind, options);
        Machine.IsRunning(server.ProcessId).Should().BeTrue();
    }

    [Fact]
    public async Task A_directory_below_a_file_is_refused_with_the_reason()
    {
        Machine.SkipUnlessAnyPresent();
        using var directory = new TestDirectory();
        var file = directory.CreateProgram("file");

        var start = () => EmbeddedRedis.StartAsync(new EmbeddedRedisOptions { DataDirectory = Path.Combine(file, "data") });

        var error = (await start.Should().ThrowAsync<EmbeddedRedisException>()).Which;
        error.ErrorId.Should().Be("JQ5008");
        error.InnerException.Should().NotBeNull();
    }

    private static async Task WriteAsync(EmbeddedRedis server)
    {
        using var connection = await server.ConnectAsync();
        var database = connection.GetDatabase();
        await database.StringSetAsync("string", "value");
        await database.ListLeftPushAsync("list", [.. Enumerable.Range(0, 1_000).Select(i => (RedisValue)i)]);
        await database.HashSetAsync("hash", "field", "value");
        await database.SortedSetAddAsync("zset", "member", 1.5);
        await database.ScriptEvaluateAsync(
            "redis.call('SET', '{jq:0}:job', ARGV[1]); return redis.call('LPUSH', '{jq:0}:queue', ARGV[1])", [(RedisKey)"{jq:0}", (RedisKey)"{jq:0}:meta"], [(RedisValue)"id"]);
    }

    private static async Task ShouldHoldWhatWasWrittenAsync(EmbeddedRedis server)
    {
        using var connection = await server.ConnectAsync();
        var database = connection.GetDatabase();
        ((string?)await database.StringGetAsync("string")).Should().Be("value");
        (await database.ListLengthAsync("list")).Should().Be(1_000);
        ((string?)await database.HashGetAsync("hash", "field")).Should().Be("value");
        (await database.SortedSetScoreAsync("zset", "member")).Should().Be(1.5);
        ((string?)await database.StringGetAsync("{jq:0}:job")).Should().Be("id");
        (await database.ListLengthAsync("{jq:0}:queue")).Should().Be(1);
    }
}
