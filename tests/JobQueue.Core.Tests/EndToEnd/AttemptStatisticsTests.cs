using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>What a worker counts of its attempts in the hashes of a minute and of a handler's hour.</summary>
public sealed class AttemptStatisticsTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Each_attempt_is_counted_by_how_it_ended_and_by_how_long_it_waited_and_ran()
    {
        var before = await Store.NowAsync();
        await using var host = await TestHost.StartAsync(
            Server,
            static jobs => jobs.AddJobHandler<Numbered>(
                "work",
                static (args, job, _) =>
                {
                    switch (args.Number)
                    {
                        case 1 when job.Attempt == 1:
                            throw new InvalidDataException("once");
                        case 2:
                            throw new InvalidDataException("always");
                        case 3 when job.Snoozes == 0:
                            job.Snooze(TimeSpan.FromMilliseconds(1));
                            break;
                    }

                    return Task.CompletedTask;
                },
                static o => o.MaxRetries = 1),
            o => o.KeyPrefix = Store.Prefix);

        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 5).Select(static n => new JobRequest("work", new Numbered(n))));
        await Eventually.HoldsAsync(async () => await host.Monitor.GetCountsAsync() is { TotalCompleted: 4, Dead: 1 }, "all have ended");
        var after = await Store.NowAsync();

        var minutes = await SumAsync("stats:", before / 60_000, after / 60_000);
        minutes.Where(static field => field.Key.Length > 3).Should().BeEquivalentTo(new Dictionary<string, long>
        {
            ["enqueued"] = 5,
            ["completed"] = 4,
            ["failed"] = 3,
            ["retried"] = 2,
            ["dead"] = 1,
            ["snoozed"] = 1,
        });
        Durations(minutes, 'w').Should().Be(8, "three jobs ran twice");
        Durations(minutes, 'r').Should().Be(8);

        var hours = await SumAsync("stats:work:", before / 3_600_000, after / 3_600_000);
        hours.Where(static field => field.Key.Length > 3).Should().BeEquivalentTo(new Dictionary<string, long>
        {
            ["completed"] = 4,
            ["failed"] = 3,
            ["retried"] = 2,
            ["dead"] = 1,
            ["snoozed"] = 1,
        });
        Durations(hours, 'r').Should().Be(8);
    }

    private static long Durations(Dictionary<string, long> fields, char kind) => fields.Where(field => field.Key[0] == kind && char.IsAsciiDigit(field.Key[1])).Sum(static field => field.Value);

    private async Task<Dictionary<string, long>> SumAsync(string prefix, long first, long last)
    {
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var at = first; at <= last; at++)
        {
            foreach (var field in await Store.Database.HashGetAllAsync(Store.Key(prefix + at)))
            {
                sums[(string)field.Name!] = sums.GetValueOrDefault((string)field.Name!) + (long)field.Value;
            }
        }

        return sums;
    }
}
