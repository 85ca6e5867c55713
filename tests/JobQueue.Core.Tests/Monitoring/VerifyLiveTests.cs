using System.Diagnostics;
using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Monitoring;

/// <summary>
/// A store in use: producers, two workers whose jobs end in every way, and people who cancel, delete, run now, retry. It is
/// verified again and again meanwhile. <c>JOBQUEUE_LIVE_SECONDS=60</c> runs it for a minute instead of some seconds.
/// </summary>
public sealed class VerifyLiveTests(TestServer server)
{
    private static readonly string[] Handlers = ["quick", "slow", "flaky", "broken", "sleepy"];
    private static readonly string[] Queues = ["default", "mail", "bulk"];

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("JOBQUEUE_LIVE_SECONDS") ?? "4", CultureInfo.InvariantCulture));

    private readonly string _prefix = TestServer.NewPrefix();

    [Fact]
    public async Task A_store_in_use_gives_no_false_alarm()
    {
        await using var first = await StartWorkerAsync();
        await using var second = await StartWorkerAsync();
        await using var client = await TestHost.StartAsync(server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (_prefix, false));
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 3_000).Select(static number => Request("waiting", number, static o => o.Queue = "nobody")));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task[] users = [ProduceAsync(client.Jobs, stop.Token), ProduceAsync(client.Jobs, stop.Token), MeddleAsync(client, stop.Token)];
        var (verified, jobs) = await VerifyMeanwhileAsync(client.Monitor, users);
        await stop.CancelAsync();
        await Task.WhenAll(users);

        verified.Should().BePositive();
        jobs.Should().BePositive();
        await client.VerifyAsync();
        var counts = await client.Monitor.GetCountsAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{verified} verifications of {jobs} jobs in all; {counts}");
        counts.TotalCompleted.Should().BePositive();
        counts.TotalRetried.Should().BePositive();
    }

    private static async Task<(int Verified, long Jobs)> VerifyMeanwhileAsync(IJobMonitor monitor, Task[] users)
    {
        var clock = Stopwatch.StartNew();
        var (verified, jobs) = (0, 0L);
        while (clock.Elapsed < Duration || verified < 3)
        {
            users.Should().NotContain(static user => user.IsFaulted, "the store is in use");
            var report = await monitor.VerifyAsync(TestContext.Current.CancellationToken);
            report.Violations.Should().BeEmpty("nothing is wrong with this store");
            verified++;
            jobs += report.JobsChecked;
        }

        return (verified, jobs);
    }

    private Task<TestHost> StartWorkerAsync() => TestHost.StartAsync(
        server,
        static jobs => jobs
            .AddJobHandler<int>("quick", static (_, _, _) => Task.CompletedTask)
            .AddJobHandler<int>("slow", static (_, _, token) => Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System, token))
            .AddJobHandler<int>("flaky", static (_, job, _) => job.Attempt < 3 ? throw new InvalidDataException("not yet") : Task.CompletedTask)
            .AddJobHandler<int>("broken", static (number, _, _) => throw new InvalidOperationException($"never {number % 3}"), static o => o.MaxRetries = 1)
            .AddJobHandler<int>("sleepy", Snooze),
        o =>
        {
            (o.KeyPrefix, o.Concurrency) = (_prefix, 8);
            o.Retention = new JobRetention { CompletedCount = 500, CancelledCount = 100, DeadCount = 500 };
            foreach (var queue in Queues)
            {
                o.Queues.Add(queue);
            }
        });

    private static Task Snooze(int number, JobContext job, CancellationToken cancellationToken)
    {
        if (job.Snoozes == 0)
        {
            job.Snooze(TimeSpan.FromMilliseconds(number % 50));
        }
        else if (number % 5 == 0)
        {
            job.Discard("not wanted any more");
        }

        return Task.CompletedTask;
    }

    /// <summary>Enqueues while not too much waits.</summary>
    private static async Task ProduceAsync(IJobQueue jobs, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number += 20)
        {
            await jobs.EnqueueManyAsync(
                Enumerable.Range(number, 20).Select(n => Request(Handlers[n % Handlers.Length], n, o =>
                {
                    o.Queue = Queues[n % Queues.Length];
                    o.Priority = (JobPriority)(n % 4);
                    o.Delay = n % 7 == 0 ? TimeSpan.FromMilliseconds(n % 100) : null;
                })),
                CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What people do to jobs. Most of it comes too late for its job, and is refused.</summary>
    private static async Task MeddleAsync(TestHost host, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var name = Handlers[number % Handlers.Length];
            var id = await host.Jobs.EnqueueAsync(name, number, o => o.Delay = number % 3 == 0 ? TimeSpan.FromSeconds(5) : null, CancellationToken.None);
            var waiting = await host.Jobs.EnqueueAsync("waiting", number, static o => o.Queue = "nobody", CancellationToken.None);
            await TryAsync(() => host.Jobs.CancelAsync(waiting, CancellationToken.None));
            await TryAsync(() => (number % 4) switch
            {
                0 => host.Jobs.CancelAsync(id, CancellationToken.None),
                1 => host.Jobs.DeleteAsync(id, CancellationToken.None),
                2 => host.Jobs.DeleteAsync(waiting, CancellationToken.None),
                _ => host.Jobs.RunNowAsync(id, CancellationToken.None),
            });
            if (number % 50 == 0)
            {
                await host.DeadLetters.RetryAllAsync(cancellationToken: CancellationToken.None);
            }
            else if (number % 77 == 0)
            {
                await host.DeadLetters.DeleteAllAsync(cancellationToken: CancellationToken.None);
            }
        }
    }

    private static async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (JobStateException)
        {
            // Too late, or too early.
        }
    }

    private static JobRequest Request(string name, int number, Action<EnqueueOptions> configure)
    {
        var request = new JobRequest(name, number);
        configure(request.Options);
        return request;
    }
}
