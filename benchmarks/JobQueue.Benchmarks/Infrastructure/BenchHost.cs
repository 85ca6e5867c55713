using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>Hosts as applications have them, without a log: everything at its default except what the budgets name.</summary>
internal static class BenchHost
{
    public const int Concurrency = 100;

    /// <summary>One that only enqueues.</summary>
    public static Task<IHost> StartClientAsync(string connectionString, int shards = 1)
        => StartAsync(
            connectionString,
            options =>
            {
                options.RunWorkers = false;
                options.Shards = shards;
            },
            static (_, _, _) => Task.CompletedTask);

    public static Task<IHost> StartWorkerAsync(
        string connectionString, Func<BenchArgs, JobContext, CancellationToken, Task> handler, Action<JobQueueOptions>? configure = null)
        => StartAsync(
            connectionString,
            options =>
            {
                options.Concurrency = Concurrency;
                configure?.Invoke(options);
            },
            handler);

    public static IJobQueue Jobs(this IHost host) => host.Services.GetRequiredService<IJobQueue>();

    public static IJobMonitor Monitor(this IHost host) => host.Services.GetRequiredService<IJobMonitor>();

    private static async Task<IHost> StartAsync(
        string connectionString, Action<JobQueueOptions> configure, Func<BenchArgs, JobContext, CancellationToken, Task> handler)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services
            .AddJobQueue(options =>
            {
                options.ConnectionString = connectionString;
                configure(options);
            })
            .AddJobHandler(BenchArgs.Handler, handler);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
