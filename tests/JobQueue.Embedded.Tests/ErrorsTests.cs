using System.Reflection;

namespace JobQueue.Embedded.Tests;

/// <summary>Pins the text of every error: people search for them, and each has to say what happened, why and what to do.</summary>
public sealed class ErrorsTests
{
    private static readonly Exception Reason = new IOException("No space left on device.");

    public static TheoryData<string, string> Texts => new()
    {
        {
            Errors.ServerNotFound(["redis-server in PATH (/bin)", "the package garnet-server in /packages"]).Message,
            "JQ5001: No server to embed was found. Looked for: redis-server in PATH (/bin); the package garnet-server in /packages. "
            + "Get one of them: 'apt-get install redis-server' (Debian, Ubuntu), 'brew install redis' (macOS), or, with no installation, "
            + "this line in an ItemGroup of your project, which brings Garnet at the next restore: "
            + "<PackageDownload Include=\"garnet-server\" Version=\"[2.2.8]\" />"
        },
        {
            Errors.UnknownForcedKind("keydb").Message,
            "JQ5002: The environment variable JOBQUEUE_EMBEDDED is 'keydb', which names no server that can be embedded. "
            + "Set it to redis, valkey or garnet, or unset it to take the first that is found, in that order."
        },
        {
            Errors.InvalidOptions(["This is wrong.", "That too."]).Message,
            "JQ5003: EmbeddedRedisOptions cannot be used, so nothing was started. This is wrong. That too."
        },
        {
            Errors.ServerExited("Redis (/bin/redis-server)", 1, "first\nlast").Message,
            "JQ5004: Redis (/bin/redis-server) ended while it was starting (exit code 1). Its last lines say why: \n    first\n    last"
        },
        {
            Errors.StartTimedOut("Redis (/bin/redis-server)", TimeSpan.FromSeconds(30), "").Message,
            "JQ5005: Redis (/bin/redis-server) did not answer within 00:00:30 and was ended. The machine may be very busy or the kept data large: "
            + "raise EmbeddedRedisOptions.StartTimeout if its last lines show no other reason: (it wrote none)"
        },
        {
            Errors.NoFreePort("Redis (/bin/redis-server)", 5).Message,
            "JQ5006: Redis (/bin/redis-server) found each of 5 ports taken, one after the other, although each was free a moment before. "
            + "Another program is taking ports of 127.0.0.1 faster than a server starts: look for one that opens and closes many connections, then start again."
        },
        {
            Errors.DataDirectoryInUse("/data", "another process").Message,
            "JQ5007: DataDirectory '/data' is in use by another process, and two servers would destroy each other's files. "
            + "Give each process a directory of its own, or, to share one queue, run one server and give its address as JobQueueOptions.ConnectionString."
        },
        {
            Errors.DataDirectoryUnusable("/data", Reason).Message,
            "JQ5008: DataDirectory '/data' cannot be used: No space left on device. Give a directory this user may create and write, or null to keep the data in memory."
        },
        {
            Errors.NotLaunched("Redis (/bin/redis-server)", Reason).Message,
            "JQ5009: Redis (/bin/redis-server) could not be run: No space left on device. Check that this user may execute the file and that it was built for this machine, "
            + "or set the environment variable JOBQUEUE_EMBEDDED to redis, valkey or garnet to take another server."
        },
        {
            Errors.ConnectionAlreadyConfigured("ConnectionString").Message,
            "JQ5010: UseEmbeddedRedis was called, but JobQueueOptions.ConnectionString is set too, and a job queue has one connection. "
            + "Remove one of them; to embed a server only in development, call UseEmbeddedRedis there and keep the setting in the other environments' configuration."
        },
    };

    [Theory, MemberData(nameof(Texts))]
    public void The_text_is_as_pinned(string actual, string expected) => actual.Should().Be(expected);

    [Fact]
    public void Every_error_is_pinned_once_and_numbered_without_gaps() =>
        Texts.Select(text => text.Data.Item1[..6]).Should().Equal(
            Enumerable.Range(5001, typeof(Errors).GetMethods(BindingFlags.Static | BindingFlags.Public).Length).Select(number => $"JQ{number}"));

    [Fact]
    public void The_reason_is_the_inner_exception()
    {
        Errors.DataDirectoryUnusable("/data", Reason).InnerException.Should().BeSameAs(Reason);
        Errors.NotLaunched("Redis", Reason).InnerException.Should().BeSameAs(Reason);
    }

    [Fact]
    public void A_long_value_from_outside_is_cut() => Errors.UnknownForcedKind(new string('x', 500)).Message.Length.Should().BeLessThan(400);
}
