using System.Diagnostics;

namespace JobQueue.Benchmarks.Throughput;

/// <summary>How often a second the disk that the server's log is on takes a few bytes for good.</summary>
internal static class Disk
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    public static double FlushesPerSecond(string directory)
    {
        var path = Path.Combine(directory, "flush-" + Guid.NewGuid().ToString("N"));
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        var bytes = new byte[4_096];
        var flushes = 0;
        var clock = Stopwatch.StartNew();
        for (; clock.Elapsed < Window; flushes++)
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        return flushes / clock.Elapsed.TotalSeconds;
    }
}
