using System.Diagnostics;
using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Peers;

/// <summary>BullMQ on Node.js: `npm ci` brings the versions of its lock file. Its settings are in `bench.mjs`.</summary>
internal sealed class BullMq(BenchServer server) : Peer(server)
{
    public override string Name => "BullMQ";

    public override int Jobs => 200_000;

    public override async Task<string?> PrepareAsync()
    {
        if (Find("node") is null || Find("npm") is not { } npm)
        {
            return "node and npm are not on the PATH; install Node.js 20 or later";
        }

        var start = new ProcessStartInfo(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        {
            WorkingDirectory = Folder("bullmq"),
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var install = Process.Start(start) ?? throw new InvalidOperationException("npm did not start.");
        await install.StandardOutput.ReadToEndAsync();
        await install.WaitForExitAsync();
        return install.ExitCode == 0 ? null : $"'npm ci' ended with {install.ExitCode}";
    }

    public override Child StartProducer() => Start();

    public override Child StartWorker() => Start();

    public override async Task<long> CountDoneAsync(int jobs) => await Server.Database.SortedSetLengthAsync("bull:bench:completed");

    private Child Start() => Child.Start("node", ["bench.mjs"], Folder("bullmq"), ("REDIS_URL", Server.Url));
}
