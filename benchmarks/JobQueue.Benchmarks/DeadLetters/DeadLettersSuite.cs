using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using JobQueue.Benchmarks.Infrastructure;
using JobQueue.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace JobQueue.Benchmarks.DeadLetters;

/// <summary>
/// How fast jobs that do nothing complete while 100,000 dead jobs are retried in the same process, beside how fast they complete alone, in turns. Once the
/// retried jobs only wait (their queue is paused), which is what the call itself costs; once they run at once and fail again.
/// </summary>
internal sealed class DeadLettersSuite(BenchOptions options)
{
    private const string Prefix = "bench";

    private int Dead => options.Pick(100_000, 5_000);

    private int Backlog => options.Pick(200_000, 20_000);

    private TimeSpan Window => TimeSpan.FromSeconds(options.Smoke ? 0.1 : 3);

    public static Task<int> RunAsync(BenchOptions options) => new DeadLettersSuite(options).RunAsync();

    private async Task<int> RunAsync()
    {
        await using var server = await EmbeddedRedis.StartAsync();
        using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        using var host = await StartHostAsync(server.ConnectionString);
        var database = connection.GetDatabase();
        var record = await DieAsync(host, database);
        var fingerprint = Regex.Match(record.ToString(), "\"fingerprint\":\"([0-9a-f]+)\"").Groups[1].Value;
        foreach (var failAgain in (bool[])[false, true])
        {
            var rounds = new List<(double Alone, double During, double Seconds, double Failed)>();
            for (var round = options.Smoke ? 1 : 0; round <= options.Rounds; round++)
            {
                await SeedAsync(database, record, fingerprint, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
                var measured = await MeasureAsync(host, failAgain);
                if (round > 0) // The first is for the compiler.
                {
                    rounds.Add(measured);
                }
            }

            var ratio = Median.Of(rounds.Select(static round => round.During / round.Alone));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"deadletters, the retried jobs {(failAgain ? "fail again at once" : "wait")}, medians of {options.Rounds}: {Median.Of(rounds.Select(static round => round.Alone)):F0} jobs/s alone, {Median.Of(rounds.Select(static round => round.During)):F0} jobs/s during retry-all of {Dead} ({Median.Of(rounds.Select(static round => round.Seconds)):F1} s), ratio {ratio:F2}; beside them {Median.Of(rounds.Select(static round => round.Failed)):F0} of the retried fail again a second"));
        }

        await host.StopAsync();
        return 0;
    }

    private static async Task<IHost> StartHostAsync(string connectionString)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services
            .AddJobQueue(options => (options.ConnectionString, options.KeyPrefix) = (connectionString, Prefix))
            .AddJobHandler<int>("nothing", static (_, _, _) => Task.CompletedTask)
            .AddJobHandler<int>("broken", static (_, _, _) => throw new InvalidOperationException("it is broken"), static handler => (handler.MaxRetries, handler.Queue) = (0, "broken"));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>One job dies, and the others are its copies under other ids.</summary>
    private static async Task<RedisValue> DieAsync(IHost host, IDatabase database)
    {
        var first = await host.Services.GetRequiredService<IJobQueue>().EnqueueAsync("broken", 0);
        await UntilAsync(host, static counts => counts.Dead == 1);
        var record = await database.StringGetAsync(Key("job:" + first));
        await host.Services.GetRequiredService<IDeadLetterQueue>().DeleteAsync(first);
        return record;
    }

    /// <summary>Every round begins with the same: a record keeps its attempts, and would grow from round to round.</summary>
    private async Task SeedAsync(IDatabase database, RedisValue record, string fingerprint, double now)
    {
        foreach (var part in Enumerable.Range(0, Dead).Chunk(1_000))
        {
            var ids = Array.ConvertAll(part, static number => JobId.FromKey($"dead {number}").ToString());
            await database.StringSetAsync(Array.ConvertAll(ids, id => new KeyValuePair<RedisKey, RedisValue>(Key("job:" + id), record)));
            var entries = Array.ConvertAll(part, number => new SortedSetEntry(ids[number - part[0]], now - Dead + number));
            await database.SortedSetAddAsync(Key("dead:" + fingerprint), entries);
            await database.SortedSetAddAsync(Key("dead"), entries);
        }
    }

    private async Task<(double Alone, double During, double Seconds, double Failed)> MeasureAsync(IHost host, bool failAgain)
    {
        var (monitor, letters) = (host.Services.GetRequiredService<IJobMonitor>(), host.Services.GetRequiredService<IDeadLetterQueue>());
        await FillAsync(host);
        var alone = await SpeedAsync(monitor);
        await FillAsync(host);
        if (!failAgain)
        {
            await monitor.PauseAsync("broken");
        }

        var clock = Stopwatch.StartNew();
        var retrying = RetryAllAsync(letters);
        var during = await SpeedAsync(monitor);
        if (retrying.IsCompleted)
        {
            throw new InvalidOperationException($"All {Dead} are retried before the measurement is over: it needs more of them.");
        }

        await retrying;
        var seconds = clock.Elapsed.TotalSeconds;
        await monitor.ResumeAsync("broken");
        await UntilAsync(host, counts => counts.Dead == Dead && counts is { Pending: 0, Running: 0 });
        return (alone.Completed, during.Completed, seconds, during.Dead);
    }

    /// <summary>Enough waits for the whole measurement; nothing of it runs before.</summary>
    private async Task FillAsync(IHost host)
    {
        var monitor = host.Services.GetRequiredService<IJobMonitor>();
        await monitor.PauseAsync("default");
        var jobs = host.Services.GetRequiredService<IJobQueue>();
        var missing = Backlog - (int)await WaitingAsync(monitor);
        foreach (var part in Enumerable.Range(0, Math.Max(0, missing)).Chunk(10_000))
        {
            await jobs.EnqueueManyAsync(part.Select(static number => new JobRequest("nothing", number)));
        }

        await monitor.ResumeAsync("default");
    }

    /// <returns>Per second: jobs that completed, and jobs that died.</returns>
    private async Task<(double Completed, double Dead)> SpeedAsync(IJobMonitor monitor)
    {
        var before = await monitor.GetCountsAsync();
        var clock = Stopwatch.StartNew();
        await Task.Delay(Window, TimeProvider.System);
        var after = await monitor.GetCountsAsync();
        var seconds = clock.Elapsed.TotalSeconds;
        return await WaitingAsync(monitor) == 0
            ? throw new InvalidOperationException($"All {Backlog} waiting jobs have run: the measurement needs more of them.")
            : ((after.TotalCompleted - before.TotalCompleted) / seconds, (after.TotalDead - before.TotalDead) / seconds);
    }

    private static async Task<long> WaitingAsync(IJobMonitor monitor)
        => (await monitor.GetQueuesAsync()).FirstOrDefault(static queue => queue.Name == "default")?.Waiting ?? 0;

    /// <summary>As the HTTP API does it.</summary>
    private static async Task RetryAllAsync(IDeadLetterQueue letters)
    {
        string? cursor = null;
        do
        {
            cursor = (await letters.RetryAllAsync(cursor: cursor)).NextCursor;
        }
        while (cursor is not null);
    }

    private static async Task UntilAsync(IHost host, Func<JobCounts, bool> condition)
    {
        var monitor = host.Services.GetRequiredService<IJobMonitor>();
        while (!condition(await monitor.GetCountsAsync()))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static string Key(string name) => $"{{{Prefix}:0}}:{name}";
}
