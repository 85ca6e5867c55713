using System.Globalization;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>What one of the library's scripts took of the server: the time in each of its calls, in microseconds.</summary>
internal sealed record ScriptTimes(IReadOnlyList<double> Each)
{
    public double Calls => Each.Count;

    public double Total => Each.Sum();

    public double Median => Each.Count > 0 ? Infrastructure.Median.Of(Each) : 0;

    public double Longest => Each.Count > 0 ? Each.Max() : 0;
}

/// <summary>
/// Which of the library's scripts are called, and how long each call takes the server, by the server's own log of slow commands with a limit of
/// nothing. Writing that log costs the server something, so its processor time is measured without it.
/// </summary>
internal sealed class ScriptTally
{
    private const int MostEntries = 1_000_000;
    private const int Duration = 2, Arguments = 3;

    private static readonly Dictionary<string, string> Names
        = RedisScripts.All.ToDictionary(static script => Convert.ToHexStringLower(script.Hash), static script => script.Name, StringComparer.Ordinal);

    private readonly Dictionary<string, ScriptTimes> _scripts;

    private ScriptTally(Dictionary<string, ScriptTimes> scripts) => _scripts = scripts;

    public IEnumerable<string> Scripts => _scripts.Keys;

    public double Calls => _scripts.Values.Sum(static script => script.Calls);

    public ScriptTimes Of(string script) => _scripts.GetValueOrDefault(script) ?? new ScriptTimes([]);

    public static Task<ScriptTally> TakeAsync(BenchServer server, Func<Task> work) => TakeAsync([server], work);

    /// <summary>On several servers together.</summary>
    public static async Task<ScriptTally> TakeAsync(IReadOnlyList<BenchServer> servers, Func<Task> work)
    {
        await Task.WhenAll(servers.Select(BeginAsync));
        await work();
        await Task.WhenAll(servers.Select(static server => server.Database.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", "-1")));
        return new ScriptTally(Count((await Task.WhenAll(servers.Select(EndAsync))).SelectMany(static entries => entries)));
    }

    private static async Task BeginAsync(BenchServer server)
    {
        await server.Database.ExecuteAsync("CONFIG", "SET", "slowlog-max-len", Text(MostEntries));
        await server.Database.ExecuteAsync("SLOWLOG", "RESET");
        await server.Database.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", "0");
    }

    private static async Task<RedisResult[]> EndAsync(BenchServer server)
    {
        var entries = (RedisResult[])await server.Database.ExecuteAsync("SLOWLOG", "GET", Text(MostEntries));
        await server.Database.ExecuteAsync("SLOWLOG", "RESET");
        return entries.Length < MostEntries
            ? entries
            : throw new InvalidOperationException("The server's log of commands was too short for what was counted: count less.");
    }

    /// <summary>Commands that a script calls are in the log as well; they are part of its time.</summary>
    private static Dictionary<string, ScriptTimes> Count(IEnumerable<RedisResult> entries)
        => entries
            .Select(static entry => (RedisResult[])entry)
            .Select(static entry => (Command: (string[])entry[Arguments], Took: (double)entry[Duration]))
            .Where(static entry => entry.Command.Length > 1 && entry.Command[0].Equals("EVALSHA", StringComparison.OrdinalIgnoreCase))
            .GroupBy(static entry => Names.GetValueOrDefault(entry.Command[1].ToLowerInvariant(), entry.Command[1]), static entry => entry.Took)
            .ToDictionary(static script => script.Key, static script => new ScriptTimes([.. script]), StringComparer.Ordinal);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
