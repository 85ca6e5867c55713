using System.Globalization;
using System.Text;

namespace JobQueue.Embedded;

/// <summary>Every error of this assembly: what happened, why, what to do. The texts are pinned by tests.</summary>
internal static class Errors
{
    private const string HowToGetAServer =
        "Get one of them: 'apt-get install redis-server' (Debian, Ubuntu), 'brew install redis' (macOS), or, with no installation, "
        + "this line in an ItemGroup of your project, which brings Garnet at the next restore: "
        + "<PackageDownload Include=\"garnet-server\" Version=\"[2.2.8]\" />";

    public static EmbeddedRedisException ServerNotFound(IReadOnlyList<string> lookedFor) => new(
        "JQ5001",
        $"No server to embed was found. Looked for: {string.Join("; ", lookedFor)}. {HowToGetAServer}");

    public static EmbeddedRedisException UnknownForcedKind(string value) => new(
        "JQ5002",
        $"The environment variable JOBQUEUE_EMBEDDED is '{Names.Shorten(value)}', which names no server that can be embedded. "
        + "Set it to redis, valkey or garnet, or unset it to take the first that is found, in that order.");

    public static EmbeddedRedisException InvalidOptions(IReadOnlyList<string> problems) => new(
        "JQ5003",
        $"EmbeddedRedisOptions cannot be used, so nothing was started. {string.Join(" ", problems)}");

    public static EmbeddedRedisException ServerExited(string server, int exitCode, string output) => new(
        "JQ5004",
        string.Create(CultureInfo.InvariantCulture, $"{server} ended while it was starting (exit code {exitCode}). Its last lines say why: {Lines(output)}"));

    public static EmbeddedRedisException StartTimedOut(string server, TimeSpan timeout, string output) => new(
        "JQ5005",
        $"{server} did not answer within {timeout} and was ended. The machine may be very busy or the kept data large: "
        + $"raise EmbeddedRedisOptions.StartTimeout if its last lines show no other reason: {Lines(output)}");

    public static EmbeddedRedisException NoFreePort(string server, int attempts) => new(
        "JQ5006",
        string.Create(CultureInfo.InvariantCulture, $"{server} found each of {attempts} ports taken, one after the other, although each was free a moment before. ")
        + "Another program is taking ports of 127.0.0.1 faster than a server starts: look for one that opens and closes many connections, then start again.");

    public static EmbeddedRedisException DataDirectoryInUse(string directory, string holder) => new(
        "JQ5007",
        $"DataDirectory '{directory}' is in use by {holder}, and two servers would destroy each other's files. "
        + "Give each process a directory of its own, or, to share one queue, run one server and give its address as JobQueueOptions.ConnectionString.");

    public static EmbeddedRedisException DataDirectoryUnusable(string directory, Exception reason) => new(
        "JQ5008",
        $"DataDirectory '{directory}' cannot be used: {reason.Message} Give a directory this user may create and write, or null to keep the data in memory.",
        reason);

    public static EmbeddedRedisException NotLaunched(string server, Exception reason) => new(
        "JQ5009",
        $"{server} could not be run: {reason.Message} Check that this user may execute the file and that it was built for this machine, "
        + "or set the environment variable JOBQUEUE_EMBEDDED to redis, valkey or garnet to take another server.",
        reason);

    public static EmbeddedRedisException ConnectionAlreadyConfigured(string option) => new(
        "JQ5010",
        $"UseEmbeddedRedis was called, but JobQueueOptions.{option} is set too, and a job queue has one connection. "
        + "Remove one of them; to embed a server only in development, call UseEmbeddedRedis there and keep the setting in the other environments' configuration.");

    private static string Lines(string output)
    {
        if (output.Length == 0)
        {
            return "(it wrote none)";
        }

        var text = new StringBuilder();
        foreach (var line in output.Split('\n'))
        {
            text.Append('\n').Append("    ").Append(line);
        }

        return text.ToString();
    }
}
