using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JobQueue.Benchmarks.StartUp;

/// <summary>One start of an application: prints the milliseconds from the start of its process until its host runs, by the clock and of processor time.</summary>
internal static class StartUpHost
{
    public const string Argument = "startup-host";

    public static async Task<int> RunAsync(string assembly, string connectionString)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var jobs = builder.Services.AddJobQueue(options => options.ConnectionString = connectionString);
        var add = Assembly.LoadFrom(assembly).GetType("JobQueue.GeneratedJobHandlers", throwOnError: true)!
            .GetMethod("AddJobHandlers", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        _ = add.CreateDelegate<Func<JobQueueBuilder, JobQueueBuilder>>()(jobs);
        using var host = builder.Build();
        await host.StartAsync();
        using var process = Process.GetCurrentProcess();
        var began = new DateTimeOffset(process.StartTime);
        var elapsed = TimeProvider.System.GetUtcNow() - began;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalMilliseconds} {process.TotalProcessorTime.TotalMilliseconds}"));
        await host.StopAsync();
        return 0;
    }
}
