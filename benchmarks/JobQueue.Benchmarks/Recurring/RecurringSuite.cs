using System.Collections.Concurrent;
using System.Globalization;
using JobQueue.Benchmarks.Infrastructure;
using JobQueue.Embedded;
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
internal static class RecurringSuite
{
    private const int Rounds = 5;
    private const int Samples = 100;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(1_500);

    private static readonly ConcurrentQueue<double> Starts = new();

    public static async Task<int> RunAsync()
    {
        await using var server = await EmbeddedRedis.StartAsync();
        using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        using var host = await StartHostAsync(server.ConnectionString);
        var (recurring, delayed) = (new List<Round>(), new List<Round>());
        for (var round = 0; round <= Rounds; round++)
        {
            var pair = (await MeasureAsync(connection, () => RecurAsync(host)), await MeasureAsync(connection, () => DelayAsync(host)));
            if (round > 0) // The first is for the compiler.
            {
                recurring.Add(pair.Item1);
                delayed.Add(pair.Item2);
            }
        }

        Report("an occurrence of a recurring job", recurring);
        Report("a job delayed by 1.5 s", delayed);
        await host.StopAsync();
        return 0;
    }

    private static async Task<IHost> StartHostAsync(string connectionString)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services
            .AddJobQueue(options => (options.ConnectionString, options.MinRecurringInterval) = (connectionString, Pace))
            .AddJobHandler<long>("note", static (due, job, _) =>
            {
                Starts.Enqueue(LateAfter(job.Occurrence ?? DateTimeOffset.FromUnixTimeMilliseconds(due)));
                return Task.CompletedTask;
            });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Beside the bare timer, so that a busy moment of the machine hits both.</summary>
    private static async Task<Round> MeasureAsync(IConnectionMultiplexer connection, Func<Task> jobs)
    {
        Starts.Clear();
        using var stop = new CancellationTokenSource();
        var baseline = WakeAsync(connection.GetDatabase(), stop.Token);
        await jobs();
        await stop.CancelAsync();
        return new Round([.. Starts], await baseline);
    }

    private static async Task RecurAsync(IHost host)
    {
        var scheduler = host.Services.GetRequiredService<IJobScheduler>();
        await scheduler.RegisterAsync("tick", "note", JobSchedule.Every(Pace), 0L);
        await StartedAsync();
        await scheduler.UnregisterAsync("tick");
    }

    private static async Task DelayAsync(IHost host)
    {
        var jobs = host.Services.GetRequiredService<IJobQueue>();
        using var timer = new PeriodicTimer(Pace / 2, TimeProvider.System);
        for (var job = 0; job < Samples; job++)
        {
            var due = DateTimeOffset.FromUnixTimeMilliseconds((TimeProvider.System.GetUtcNow() + Delay).ToUnixTimeMilliseconds());
            await jobs.EnqueueAsync("note", due.ToUnixTimeMilliseconds(), options => options.ScheduledAt = due);
            await timer.WaitForNextTickAsync();
        }

        await StartedAsync();
    }

    private static async Task StartedAsync()
    {
        while (Starts.Count < Samples)
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

    private static void Report(string what, List<Round> rounds)
    {
        foreach (var (name, part) in ((string, double)[])[("p50", 0.5), ("p99", 0.99)])
        {
            var (job, timer) = (Median.Of(rounds.Select(round => Quantile.Of(round.Jobs, part))), Median.Of(rounds.Select(round => Quantile.Of(round.Timer, part))));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"recurring, {what}, {name}, medians of {Rounds} rounds of {Samples}: starts {job:F2} ms late, a bare timer and one call {timer:F2} ms, ratio {job / timer:F1}"));
        }
    }

    private sealed record Round(double[] Jobs, double[] Timer);
}
