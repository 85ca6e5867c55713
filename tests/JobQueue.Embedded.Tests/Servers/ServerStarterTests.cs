using System.Globalization;
using System.Runtime.Versioning;
using JobQueue.Embedded.Locating;
using JobQueue.Embedded.Servers;
using JobQueue.Embedded.Tests.Support;

namespace JobQueue.Embedded.Tests.Servers;

/// <summary>Servers that misbehave, played by small shell programs.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ServerStarterTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public ServerStarterTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a Unix shell.");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_server_that_ends_at_start_is_reported_with_its_last_lines()
    {
        _directory.CreateScript("redis-server", "echo 'first line'; echo 'no memory left' >&2; exit 3");

        var error = (await Start().Should().ThrowAsync<EmbeddedRedisException>()).Which;

        error.ErrorId.Should().Be("JQ5004");
        error.Message.Should().Contain("exit code 3").And.Contain("first line").And.Contain("no memory left").And.Contain(_directory.FullPath);
    }

    [Fact]
    public async Task A_server_that_quotes_its_password_does_not_bring_it_into_the_error()
    {
        _directory.CreateScript("redis-server", "cat \"$1\"; exit 1");

        var error = (await Start().Should().ThrowAsync<EmbeddedRedisException>()).Which;

        error.Message.Should().Contain("requirepass ***");
    }

    [Fact]
    public async Task The_configuration_can_be_read_by_this_user_only()
    {
        _directory.CreateScript("redis-server", "ls -l \"$1\"; ls -ld \"$(dirname \"$1\")\"; exit 1");

        var error = (await Start().Should().ThrowAsync<EmbeddedRedisException>()).Which;

        error.Message.Should().Contain("-rw-------").And.Contain("drwx------");
    }

    [Fact]
    public async Task A_server_that_never_answers_is_ended_after_the_timeout()
    {
        var pidFile = CreateSilentServer();

        var error = (await Start(new() { StartTimeout = TimeSpan.FromSeconds(1) }).Should().ThrowAsync<EmbeddedRedisException>()).Which;

        error.ErrorId.Should().Be("JQ5005");
        error.Message.Should().Contain("00:00:01").And.Contain("reading a large file");
        Machine.IsRunning(ReadId(pidFile)).Should().BeFalse();
    }

    [Fact]
    public async Task A_start_that_is_cancelled_on_the_way_leaves_no_process()
    {
        var pidFile = CreateSilentServer();
        using var cancellation = new CancellationTokenSource();
        var start = Start(cancellationToken: cancellation.Token);
        var starting = start();
        await Eventually.BecomesTrueAsync(() => File.Exists(pidFile), "the server was started");

        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => starting).Should().ThrowAsync<OperationCanceledException>();
        Machine.IsRunning(ReadId(pidFile)).Should().BeFalse();
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_reported_as_such()
    {
        _directory.CreateProgram("redis-server");

        var error = (await Start().Should().ThrowAsync<EmbeddedRedisException>()).Which;

        error.ErrorId.Should().Be("JQ5009");
        error.InnerException.Should().NotBeNull();
    }

    [Fact]
    public async Task A_failed_start_leaves_nothing_in_the_temporary_directory()
    {
        _directory.CreateScript("redis-server", "pwd; exit 1");

        var error = (await Start().Should().ThrowAsync<EmbeddedRedisException>()).Which;

        var workingDirectory = error.Message.Split('\n')[^1].Trim();
        workingDirectory.Should().Contain("jobqueue-embedded-");
        Directory.Exists(workingDirectory).Should().BeFalse();
    }

    [Fact]
    public async Task Options_are_checked_before_a_server_is_looked_for()
    {
        var start = Start(new() { StartTimeout = TimeSpan.Zero });

        (await start.Should().ThrowAsync<EmbeddedRedisException>()).Which.ErrorId.Should().Be("JQ5003");
    }

    [Fact]
    public async Task A_server_named_valkey_is_configured_like_Redis()
    {
        Machine.SkipUnlessPresent(EmbeddedServerKind.Redis);
        var redis = ServerLocator.Find(EmbeddedServerKind.Redis, ServerEnvironment.Read())!;
        File.CreateSymbolicLink(_directory.Combine("valkey-server"), redis.FileName);

        await using var server = await EmbeddedRedis.StartAsync(new(), Environment(), FreePort.Find, TestContext.Current.CancellationToken);

        server.Server.Should().NotBe(EmbeddedServerKind.Garnet);
    }

    private Func<Task<EmbeddedRedis>> Start(EmbeddedRedisOptions? options = null, CancellationToken cancellationToken = default) =>
        () => EmbeddedRedis.StartAsync(options ?? new(), Environment(), FreePort.Find, cancellationToken);

    private ServerEnvironment Environment() => new(null, [_directory.FullPath], _directory.Combine("packages"));

    /// <returns>The file that holds the process id once the server runs.</returns>
    private string CreateSilentServer()
    {
        var pidFile = _directory.Combine("pid");
        _directory.CreateScript("redis-server", $"echo 'reading a large file'; echo $$ > '{pidFile}.new'; mv '{pidFile}.new' '{pidFile}'; exec sleep 600");
        return pidFile;
    }

    private static int ReadId(string pidFile) => int.Parse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture);
}
