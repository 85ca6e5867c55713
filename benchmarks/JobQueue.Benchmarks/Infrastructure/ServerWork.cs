using System.Diagnostics;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>What a server did in a time.</summary>
/// <param name="Seconds">How long it was.</param>
/// <param name="ScriptCalls">Scripts that were called (<c>EVALSHA</c>).</param>
/// <param name="Commands">All commands that were carried out, those that scripts call included.</param>
/// <param name="CpuMicroseconds">Processor time that the server used.</param>
internal sealed record ServerWork(double Seconds, double ScriptCalls, double Commands, double CpuMicroseconds)
{
    public static async Task<ServerWork> OfAsync(BenchServer server, Func<Task> work) => (await EachAsync([server], work))[0];

    /// <summary>What each of several did in the same time.</summary>
    public static async Task<ServerWork[]> EachAsync(IReadOnlyList<BenchServer> servers, Func<Task> work)
    {
        var before = await Task.WhenAll(servers.Select(ReadAsync));
        var began = Stopwatch.GetTimestamp();
        await work();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var after = await Task.WhenAll(servers.Select(ReadAsync));
        return [.. before.Zip(after, (first, last) => new ServerWork(
            seconds, last.ScriptCalls - first.ScriptCalls, last.Commands - first.Commands, last.CpuMicroseconds - first.CpuMicroseconds))];
    }

    private static async Task<ServerWork> ReadAsync(BenchServer server)
        => new(0, await server.CallsAsync("evalsha"), await server.InfoAsync("stats", "total_commands_processed"), await server.CpuAsync() * 1e6);
}
