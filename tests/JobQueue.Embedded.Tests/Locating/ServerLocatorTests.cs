using JobQueue.Embedded.Locating;
using JobQueue.Embedded.Servers;
using JobQueue.Embedded.Tests.Support;

namespace JobQueue.Embedded.Tests.Locating;

public sealed class ServerLocatorTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Redis_is_taken_before_Valkey_wherever_they_stand_in_the_path()
    {
        _directory.CreateProgram("first", "valkey-server");
        var redis = _directory.CreateProgram("second", "redis-server");

        ServerLocator.Locate(Environment(path: ["first", "second"])).Should().BeEquivalentTo(new ServerLocation(EmbeddedServerKind.Redis, redis, []));
    }

    [Fact]
    public void The_first_directory_of_the_path_wins()
    {
        var first = _directory.CreateProgram("first", "redis-server");
        _directory.CreateProgram("second", "redis-server");

        ServerLocator.Locate(Environment(path: ["missing", "first", "second"])).FileName.Should().Be(first);
    }

    [Fact]
    public void A_file_that_cannot_be_executed_is_passed_over()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no permission to execute.");
        Directory.CreateDirectory(_directory.Combine("first"));
        File.WriteAllText(_directory.Combine("first", "redis-server"), "");
        var second = _directory.CreateProgram("second", "redis-server");

        ServerLocator.Locate(Environment(path: ["first", "second"])).FileName.Should().Be(second);
    }

    [Fact]
    public void Valkey_is_taken_where_there_is_no_Redis()
    {
        var valkey = _directory.CreateProgram("bin", "valkey-server");

        ServerLocator.Locate(Environment(path: ["bin"])).Should().BeEquivalentTo(new ServerLocation(EmbeddedServerKind.Valkey, valkey, []));
    }

    [Theory]
    [InlineData("valkey", EmbeddedServerKind.Valkey)]
    [InlineData("Valkey", EmbeddedServerKind.Valkey)]
    [InlineData("REDIS", EmbeddedServerKind.Redis)]
    public void A_forced_kind_is_taken_whatever_else_is_there(string forced, EmbeddedServerKind kind)
    {
        _directory.CreateProgram("bin", "redis-server");
        _directory.CreateProgram("bin", "valkey-server");

        ServerLocator.Locate(Environment(forced, "bin")).Kind.Should().Be(kind);
    }

    [Theory]
    [InlineData("keydb")]
    [InlineData("2")]
    [InlineData("redis,garnet")]
    public void Another_forced_kind_is_refused(string forced)
    {
        _directory.CreateProgram("bin", "redis-server");

        var locate = () => ServerLocator.Locate(Environment(forced, "bin"));

        locate.Should().Throw<EmbeddedRedisException>().WithMessage($"JQ5002: *'{forced}'*").Which.ErrorId.Should().Be("JQ5002");
    }

    [Fact]
    public void A_missing_server_is_reported_with_every_place_that_was_searched()
    {
        var locate = () => ServerLocator.Locate(Environment(path: ["bin", "sbin"]));

        var path = $"{_directory.Combine("bin")}{Path.PathSeparator}{_directory.Combine("sbin")}";
        locate.Should().Throw<EmbeddedRedisException>().Which.Message.Should()
            .StartWith("JQ5001: ")
            .And.Contain($"redis-server in PATH ({path})")
            .And.Contain($"valkey-server in PATH ({path})")
            .And.Contain($"the package garnet-server in {_directory.Combine("packages")}");
    }

    [Fact]
    public void A_forced_kind_that_is_missing_is_the_only_one_reported()
    {
        _directory.CreateProgram("bin", "redis-server");

        var locate = () => ServerLocator.Locate(Environment("garnet", "bin"));

        locate.Should().Throw<EmbeddedRedisException>().Which.Message.Should().StartWith("JQ5001: ").And.NotContain("valkey-server in PATH");
    }

    [Fact]
    public async Task A_missing_server_starts_nothing_and_touches_no_data_directory()
    {
        var data = _directory.Combine("data");

        var start = () => EmbeddedRedis.StartAsync(new() { DataDirectory = data }, Environment(), FreePort.Find, CancellationToken.None);

        (await start.Should().ThrowAsync<EmbeddedRedisException>()).Which.ErrorId.Should().Be("JQ5001");
        Directory.Exists(data).Should().BeFalse();
    }

    [Fact]
    public void The_environment_variable_is_what_forces_a_kind()
    {
        var value = System.Environment.GetEnvironmentVariable("JOBQUEUE_EMBEDDED");

        ServerEnvironment.Read().ForcedKind.Should().Be(string.IsNullOrWhiteSpace(value) ? null : value.Trim());
    }

    private ServerEnvironment Environment(string? forced = null, params string[] path) =>
        new(forced, [.. path.Select(name => _directory.Combine(name))], _directory.Combine("packages"));
}
