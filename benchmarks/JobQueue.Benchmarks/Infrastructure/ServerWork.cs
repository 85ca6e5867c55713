using System.Diagnostics;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>What a server did in a time.</summary>
/// <param name="Seconds">How long it was.</param>
/// <param name="ScriptCalls">Scripts that were called (<c>EVALSHA</c>).</param>
/// <param name="Commands">All commands that were carried out, those that scripts call included.</param>
/// <param name="CpuMicroseconds">Processor time that the server used.</param>
internal sealed record ServerWork(double Seconds, double ScriptCalls, double Commands, double CpuMicroseconds)
{
    public static async Task<ServerWork> OfAsync(BenchServer server, Func<Task> work)
    {
        var before = await ReadAsync(server);
        var began = Stopwatch.GetTimestamp();
        await work();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var after = await ReadAsync(server);
        return new ServerWork(seconds, after.ScriptCalls - before.ScriptCalls, after.Commands - before.Commands, after.CpuMicroseconds - before.CpuMicroseconds);
    }

    private static async Task<ServerWork> ReadAsync(BenchServer server)
        => new(0, await server.CallsAsync("evalsha"), await server.InfoAsync("stats", "total_commands_processed"), await server.CpuAsync() * 1e6);
}
