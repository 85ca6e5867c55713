using System.Globalization;
using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests;

/// <summary>
/// A steady flow of jobs that complete, fail, are retried and die, for ten minutes, with retention at work: the memory of the worker
/// and of Redis is at the end what it was when retention had begun to remove as much as comes.
/// </summary>
public sealed class SoakTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    /// <summary>Ten unless this says another number.</summary>
    private const string Variable = "JOBQUEUE_CHAOS_SOAK_MINUTES";

    private const int JobsPerStep = 100;
    private const int CompletedKept = 5_000;
    private const int DeadKept = 100;
    private const int StepsPerMeasurement = 6;

    /// <summary>How much more the median of the last fifth may be than that of the second.</summary>
    private const double Tolerance = 0.10;
    private const double Megabyte = 1 << 20;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly List<double> _redis = [];
    private readonly List<JobId> _ids = [];
    private readonly HashSet<JobId> _dying = [];

    [Fact]
    public async Task Memory_of_the_worker_and_of_Redis_stays_flat_under_steady_work()
    {
        Assert.SkipUnless(Form.IsSoak, $"{ChaosForm.Variable}=soak runs this: it takes ten minutes.");
        await BeginAsync(Fsync.EverySec);
        Assert.SkipWhen(Server.IsGarnet, "Garnet's memory is that of its log, which it sets aside in advance.");
        await JoinedAsync(StartWorker(static settings => settings with { BackoffMs = 100, CompletedCount = CompletedKept, DeadCount = DeadKept }));

        var length = TimeSpan.FromMinutes(int.Parse(Environment.GetEnvironmentVariable(Variable) ?? "10", CultureInfo.InvariantCulture));
        var began = TimeProvider.System.GetTimestamp();
        using var steps = new PeriodicTimer(Step);
        for (var step = 0; TimeProvider.System.GetElapsedTime(began) < length; step++)
        {
            await EnqueueAsync();
            if (step % StepsPerMeasurement == 0)
            {
                await MeasureAsync();
            }

            await steps.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        await AllHaveEndedAsync();
        var worker = await Audit.MeasurementsAsync();
        Figures.AddSeconds("took", TimeProvider.System.GetElapsedTime(began)).Add("jobs", _ids.Count).Add("dead", _dying.Count).Add("measurements", _redis.Count);
        var heap = Growth("heap", [.. worker.Select(static at => at.Heap)], 2 * Megabyte);
        var resident = Growth("resident", [.. worker.Select(static at => at.Resident)], 16 * Megabyte);
        var redis = Growth("redis", _redis, Megabyte);
        Say(Figures.ToString());

        (heap, resident, redis).Should().Be((true, true, true), "memory stays flat: " + Figures);
        await AccountOfTheTrimmedAsync();
    }

    /// <summary>Of a hundred: ten are retried, two die.</summary>
    private async Task EnqueueAsync()
    {
        var requests = Enumerable.Range(0, JobsPerStep).Select(number => number switch
        {
            < 2 => new JobRequest(ChaosHandlers.FailFirst, int.MaxValue) { Options = { MaxRetries = 1 } },
            < 12 => new JobRequest(ChaosHandlers.FailFirst, 1),
            _ => new JobRequest(ChaosHandlers.Work, Random.Next(4)),
        }).ToList();
        var ids = await Jobs.EnqueueManyAsync(requests, TestContext.Current.CancellationToken);
        _ids.AddRange(ids);
        _dying.UnionWith(ids.Take(2));
    }

    private async Task MeasureAsync()
    {
        _ids.Add(await Jobs.EnqueueAsync(ChaosHandlers.Measure, 0, static options => options.Priority = JobPriority.Critical, TestContext.Current.CancellationToken));
        var memory = (string)(await Server.Database.ExecuteAsync("INFO", "memory"))!;
        var used = memory.Split("\r\n").First(static line => line.StartsWith("used_memory:", StringComparison.Ordinal)).Split(':')[1];
        _redis.Add(double.Parse(used, CultureInfo.InvariantCulture));
    }

    /// <returns>Whether it stays within the tolerance, and what a measurement may be off by.</returns>
    private bool Growth(string name, List<double> measured, double noise)
    {
        var fifth = measured.Count / 5;
        var (early, late) = (Median(measured[fifth..(2 * fifth)]), Median(measured[^fifth..]));
        Figures.Add(name + "_early_mb", Math.Round(early / Megabyte, 2)).Add(name + "_late_mb", Math.Round(late / Megabyte, 2));
        return late <= (early * (1 + Tolerance)) + noise;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private Task AllHaveEndedAsync() => Condition.HoldsAsync(
        async () => await Monitor.GetCountsAsync() is { Pending: 0, Running: 0, Retrying: 0, Scheduled: 0 },
        async () => $"all jobs have ended; the counts are {await Monitor.GetCountsAsync()}");

    /// <summary>Most of them are no longer kept, so the handlers' notes and the totals are the account.</summary>
    private async Task AccountOfTheTrimmedAsync()
    {
        var done = (await Audit.CompletionsAsync()).Select(static note => note.Id).ToList();
        done.Should().OnlyHaveUniqueItems("nothing was broken, so nothing ran twice");
        done.ToHashSet().SetEquals(_ids.Except(_dying)).Should().BeTrue("every job that can succeed has, and no other");
        var counts = await Monitor.GetCountsAsync();
        (counts.TotalCompleted, counts.TotalDead).Should().Be((done.Count, _dying.Count));
        counts.TotalExpired.Should().BeGreaterThan(_ids.Count / 2, "retention was at work");
        (await Monitor.VerifyAsync()).Violations.Should().BeEmpty("the store is as it must be");
        NoAccount();
    }
}
