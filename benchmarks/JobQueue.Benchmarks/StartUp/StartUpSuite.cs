using System.Diagnostics;
using System.Globalization;
using JobQueue.Benchmarks.Infrastructure;
using JobQueue.Embedded;

namespace JobQueue.Benchmarks.StartUp;

/// <summary>
/// What handlers cost at start: whole processes, each with an assembly of its own against a server of its own, taken in turns so that a busy
/// moment of the machine hits both. The target is a ratio of at most 1.1.
/// </summary>
internal static class StartUpSuite
{
    private const int Few = 5;
    private const int Many = 500;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var (rounds, handlers) = (options.Pick(25, 1), options.Pick(Many, Few * 2));
        var directory = Directory.CreateTempSubdirectory("jobqueue-startup-");
        try
        {
            await using var server = await EmbeddedRedis.StartAsync();
            var pairs = new List<(Start Few, Start Many)>();
            var (few, many) = (Path.Combine(directory.FullName, "Few.dll"), Path.Combine(directory.FullName, "Many.dll"));
            HandlerAssembly.Write(few, Few);
            HandlerAssembly.Write(many, handlers);
            for (var round = 0; round <= rounds; round++)
            {
                var pair = (await StartAsync(few, server.ConnectionString), await StartAsync(many, server.ConnectionString));
                if (round > 0) // The first fills the system's caches.
                {
                    pairs.Add(pair);
                }
            }

            Report("by the clock", handlers, pairs, static start => start.ClockMs);
            Report("processor time", handlers, pairs, static start => start.ProcessorMs);
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Processor time is the steadier of the two on a machine that does other things as well.</summary>
    private static void Report(string what, int handlers, List<(Start Few, Start Many)> pairs, Func<Start, double> figure)
    {
        var few = Median.Of(pairs.Select(pair => figure(pair.Few)));
        var many = Median.Of(pairs.Select(pair => figure(pair.Many)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"startup, {what}, medians of {pairs.Count} processes each: {Few} handlers {few:F0} ms, {handlers} handlers {many:F0} ms, ratio {many / few:F3} (target at most 1.100)"));
    }

    private static async Task<Start> StartAsync(string assembly, string connectionString)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(start.FileName).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(typeof(StartUpSuite).Assembly.Location);
        }

        start.ArgumentList.Add(StartUpHost.Argument);
        start.ArgumentList.Add(assembly);
        start.ArgumentList.Add(connectionString);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 && output.Split(' ') is [var clock, var processor]
            ? new Start(double.Parse(clock, CultureInfo.InvariantCulture), double.Parse(processor, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The host ended with {process.ExitCode}: {output}");
    }

    private sealed record Start(double ClockMs, double ProcessorMs);
}
