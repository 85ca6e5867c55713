using System.Diagnostics;
using JobQueue.Embedded.Locating;
using JobQueue.Embedded.Servers;

namespace JobQueue.Embedded.Tests.Support;

/// <summary>The servers that are on this machine; tests skip the others and say so.</summary>
internal static class Machine
{
    public static ServerEnvironment EnvironmentOf(EmbeddedServerKind kind) => ServerEnvironment.Read() with { ForcedKind = kind.ToString() };

    public static void SkipUnlessPresent(EmbeddedServerKind kind)
    {
        var environment = EnvironmentOf(kind);
        if (ServerLocator.Find(kind, environment) is null)
        {
            Assert.Skip($"{kind} is not on this machine: neither in PATH nor in {environment.PackagesDirectory}.");
        }
    }

    public static void SkipUnlessAnyPresent()
    {
        if (Enum.GetValues<EmbeddedServerKind>().All(kind => ServerLocator.Find(kind, ServerEnvironment.Read()) is null))
        {
            Assert.Skip("No server is on this machine.");
        }
    }

    public static Task<EmbeddedRedis> StartAsync(EmbeddedServerKind kind, EmbeddedRedisOptions? options = null, Func<int>? findPort = null)
    {
        SkipUnlessPresent(kind);
        return EmbeddedRedis.StartAsync(options ?? new(), EnvironmentOf(kind), findPort ?? FreePort.Find, TestContext.Current.CancellationToken);
    }

    public static bool IsRunning(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
