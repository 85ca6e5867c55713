using System.Globalization;
using System.Runtime.InteropServices;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>What the figures were measured on: without it they say nothing.</summary>
internal static class Machine
{
    public static string Describe(string server)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({Processor()}), {memory:F0} GiB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {server}; waiting for a core when it began: {Load()}");
    }

    private static string Processor()
        => (First("/proc/cpuinfo", static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1] ?? RuntimeInformation.OSArchitecture.ToString()).Trim();

    private static string Load() => First("/proc/loadavg", static _ => true)?.Split(' ')[0] ?? "not known";

    private static string? First(string path, Func<string, bool> which) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault(which) : null;
}
