using System.Collections.Concurrent;
using JobQueue.Benchmarks.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace JobQueue.Benchmarks.Recurring;

/// <summary>
/// How late a handler starts: of a recurring job's occurrence, and of a job that was delayed by 1.5 s; beside a bare timer in the same process that
/// wakes up and makes one call to the same server, which is the least that anything can take that looks into Redis. The times are of the machine's
/// clock, which is the server's too.
/// </summary>
internal sealed class Lateness(BenchServer server, Report report)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(1_500);

    private readonly ConcurrentQueue<double> _starts = new();

    public const string Recurring = "an occurrence of a recurring job";
    public const string Delayed = "a job delayed by 1.5 s";
    public const string Timer = "a bare timer and one call";

    private int Samples => report.Options.Pick(100, 5);

    public static string Late(string what, string part) => $"{what}, late, {part}";

    public Task RecurringAsync() => MeasureAsync(Recurring, RecurAsync);

    public Task DelayedAsync() => MeasureAsync(Delayed, DelayAsync);

    /// <summary>Beside the bare timer, so that a busy moment of the machine hits both.</summary>
    private async Task MeasureAsync(string what, Func<IHost, Task> start)
    {
        await server.EmptyAsync();
        using var host = await StartHostAsync();
        _starts.Clear();
        using var stop = new CancellationTokenSource();
        var baseline = WakeAsync(server.Database, stop.Token);
        await start(host);
        await stop.CancelAsync();
        Add(what, [.. _starts]);
        Add($"{Timer}, beside {what}", await baseline);
        await host.StopAsync();
    }

    private void Add(string what, double[] late)
    {
        report.Add(Late(what, "p50"), "ms", Quantile.Of(late, 0.5));
        report.Add(Late(what, "p99"), "ms", Quantile.Of(late, 0.99));
    }

    private async Task<IHost> StartHostAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services
            .AddJobQueue(options => (options.ConnectionString, options.MinRecurringInterval) = (server.ConnectionString, Pace))
            .AddJobHandler<long>("note", (due, job, _) =>
            {
                _starts.Enqueue(LateAfter(job.Occurrence ?? DateTimeOffset.FromUnixTimeMilliseconds(due)));
                return Task.CompletedTask;
            });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private async Task RecurAsync(IHost host)
    {
        var scheduler = host.Services.GetRequiredService<IJobScheduler>();
        await scheduler.RegisterAsync("tick", "note", JobSchedule.Every(Pace), 0L);
        await StartedAsync();
        await scheduler.UnregisterAsync("tick");
    }

    private async Task DelayAsync(IHost host)
    {
        using var timer = new PeriodicTimer(Pace / 2, TimeProvider.System);
        for (var job = 0; job < Samples; job++)
        {
            var due = DateTimeOffset.FromUnixTimeMilliseconds((TimeProvider.System.GetUtcNow() + Delay).ToUnixTimeMilliseconds());
            await host.Jobs().EnqueueAsync("note", due.ToUnixTimeMilliseconds(), options => options.ScheduledAt = due);
            await timer.WaitForNextTickAsync();
        }

        await StartedAsync();
    }

    private async Task StartedAsync()
    {
        while (_starts.Count < Samples)
        {
            await Task.Delay(Pace / 2, TimeProvider.System);
        }
    }

    private static async Task<double[]> WakeAsync(IDatabase database, CancellationToken stop)
    {
        var late = new List<double>();
        for (var due = TimeProvider.System.GetUtcNow() + Pace; !stop.IsCancellationRequested; due += Pace)
        {
            var wait = Math.Ceiling((due - TimeProvider.System.GetUtcNow()).TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, wait)), TimeProvider.System, CancellationToken.None);
            await database.PingAsync();
            late.Add(LateAfter(due));
        }

        return [.. late];
    }

    private static double LateAfter(DateTimeOffset due) => (TimeProvider.System.GetUtcNow() - due).TotalMilliseconds;
}
