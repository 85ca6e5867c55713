using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Monitoring;

public sealed class StatisticsTests(TestServer server) : MonitorTest(server)
{
    [Fact]
    public async Task A_history_has_a_point_for_every_minute_oldest_first()
    {
        var before = await Store.NowAsync() / 60_000;
        var points = await Monitor.GetHistoryAsync(TimeSpan.FromHours(48));
        var after = await Store.NowAsync() / 60_000;

        points.Should().HaveCount(48 * 60);
        points[^1].At.Should().BeOnOrAfter(Minute(before)).And.BeOnOrBefore(Minute(after));
        points.Zip(points.Skip(1), static (one, next) => next.At - one.At).Should().OnlyContain(static step => step == TimeSpan.FromMinutes(1));
        points.Should().OnlyContain(static point => point.Enqueued == 0 && point.RunP99 == null && point.WaitP50 == null);
    }

    [Fact]
    public async Task A_history_shows_what_was_counted_in_its_minute()
    {
        var minute = (await Store.NowAsync() / 60_000) - 150;
        await Store.Database.HashSetAsync(
            Store.Key("stats:" + minute),
            Fields(("enqueued", 10), ("completed", 7), ("failed", 3), ("retried", 2), ("dead", 1), ("cancelled", 4), ("w0", 9), ("w20", 1), ("r3", 90), ("r21", 9), ("r31", 1), ("odd", 5)));

        var point = (await Monitor.GetHistoryAsync(TimeSpan.FromMinutes(200))).Should().ContainSingle(static point => point.Enqueued > 0).Subject;

        point.At.Should().Be(Minute(minute));
        (point.Enqueued, point.Completed, point.Failed, point.Retried, point.Dead, point.Cancelled).Should().Be((10, 7, 3, 2, 1, 4));
        point.WaitP50.Should().BeLessThan(TimeSpan.FromMilliseconds(1));
        point.WaitP95.Should().BeCloseTo(TimeSpan.FromMilliseconds(850), TimeSpan.FromMilliseconds(150));
        point.RunP50.Should().BeCloseTo(TimeSpan.FromMilliseconds(2.4), TimeSpan.FromMilliseconds(0.4));
        point.RunP95.Should().BeCloseTo(TimeSpan.FromMilliseconds(1_236), TimeSpan.FromMilliseconds(212));
        point.RunP99.Should().BeLessThanOrEqualTo(TimeSpan.FromMilliseconds(1_449));
    }

    [Fact]
    public async Task Jobs_that_run_are_counted_in_the_history_and_under_their_handler()
    {
        await using var host = await TestHost.StartAsync(
            Server,
            static jobs => jobs
                .AddJobHandler<Numbered>("works", static (_, _, _) => Task.CompletedTask)
                .AddJobHandler<Numbered>("fails", static (_, _, _) => throw new InvalidOperationException("no"), static o => o.MaxRetries = 1),
            o => o.KeyPrefix = Store.Prefix);

        await Client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 8).Select(static n => new JobRequest(n % 4 == 0 ? "fails" : "works", new Numbered(n))));
        await Eventually.HoldsAsync(async () => await Monitor.GetCountsAsync() is { TotalCompleted: 6, TotalDead: 2 }, "all have ended");

        var points = await Monitor.GetHistoryAsync(TimeSpan.FromMinutes(10));
        (points.Sum(static point => point.Enqueued), points.Sum(static point => point.Completed), points.Sum(static point => point.Failed),
            points.Sum(static point => point.Retried), points.Sum(static point => point.Dead)).Should().Be((8, 6, 4, 2, 2));
        points.Where(static point => point.Completed > 0).Should().OnlyContain(static point => point.RunP50 != null && point.RunP99 >= point.RunP50);
        points.Where(static point => point.Completed > 0).Should().OnlyContain(static point => point.WaitP50 != null && point.WaitP95 >= point.WaitP50);

        var handlers = await Monitor.GetHandlerStatisticsAsync(TimeSpan.FromHours(1));
        handlers.Select(static handler => (handler.Handler, handler.Completed, handler.Failed, handler.Retried, handler.Dead, handler.FailureRate)).Should().Equal(
            ("fails", 0, 4, 2, 2, 1.0), ("works", 6, 0, 0, 0, 0.0));
        handlers[1].RunP50.Should().NotBeNull();
        handlers[1].LastSeenAt.Should().BeCloseTo(DateTimeOffset.FromUnixTimeMilliseconds(await Store.NowAsync()), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Handler_statistics_add_up_the_hours_of_the_period()
    {
        var now = await Store.NowAsync();
        var hour = now / 3_600_000;
        await Store.SeedAsync(seed => seed.Hash("handlers", "work", $"{now}|{{}}").Hash("handlers", "idle", "1700000000000|{}").Hash("handlers", "damaged", "x"));
        await Store.Database.HashSetAsync(Store.Key($"stats:work:{hour}"), Fields(("completed", 3), ("failed", 1), ("r1", 4)));
        await Store.Database.HashSetAsync(Store.Key($"stats:work:{hour - 3}"), Fields(("completed", 5), ("cancelled", 2), ("r1", 1), ("r21", 5)));
        await Store.Database.HashSetAsync(Store.Key($"stats:work:{hour - 40}"), Fields(("completed", 1000)));

        var handlers = await Monitor.GetHandlerStatisticsAsync(TimeSpan.FromHours(4));

        handlers.Select(static handler => handler.Handler).Should().Equal("idle", "work");
        (handlers[0].Completed, handlers[0].FailureRate, handlers[0].RunP50).Should().Be((0, null, null));
        handlers[0].LastSeenAt.Should().Be(DateTimeOffset.FromUnixTimeMilliseconds(TestJob.LongAgo));
        (handlers[1].Completed, handlers[1].Failed, handlers[1].Cancelled).Should().Be((8, 1, 2));
        handlers[1].FailureRate.Should().BeApproximately(1 / 9.0, 0.001);
        handlers[1].RunP50.Should().BeLessThan(TimeSpan.FromMilliseconds(2));
        handlers[1].RunP95.Should().BeGreaterThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Hundreds_of_handlers_are_read_in_parts()
    {
        var hour = await Store.NowAsync() / 3_600_000;
        await Store.SeedAsync(seed =>
        {
            for (var i = 0; i < 300; i++)
            {
                seed.Hash("handlers", $"h{i:000}", "1700000000000|{}").Hash($"stats:h{i:000}:{hour}", "completed", i);
            }
        });

        var handlers = await Monitor.GetHandlerStatisticsAsync(TimeSpan.FromHours(48));

        handlers.Select(static handler => handler.Completed).Should().Equal(Enumerable.Range(0, 300).Select(static i => (long)i));
    }

    [Fact]
    public async Task An_empty_store_has_no_handlers_and_no_counts()
    {
        (await Monitor.GetHandlerStatisticsAsync(TimeSpan.FromHours(1))).Should().BeEmpty();
        (await Monitor.GetCountsAsync()).Should().Be(new JobCounts());
    }

    [Fact]
    public async Task Counts_show_what_retention_holds_and_every_total()
    {
        await Store.SeedAsync(static seed => seed
            .Completed("a").Completed("b").Dead("c")
            .Hash("stats", "cancelled", 1).Hash("stats", "dead", 2).Hash("stats", "snoozed", 3).Hash("stats", "recovered", 4)
            .Hash("stats", "requeued", 5).Hash("stats", "deleted", 6).Hash("stats", "purged", 7).Hash("stats", "expired", 8));

        (await Monitor.GetCountsAsync()).Should().Be(new JobCounts
        {
            Completed = 2,
            Dead = 1,
            TotalCancelled = 1,
            TotalDead = 2,
            TotalSnoozed = 3,
            TotalRecovered = 4,
            TotalRequeued = 5,
            TotalDeleted = 6,
            TotalPurged = 7,
            TotalExpired = 8,
        });
    }

    [Fact]
    public async Task A_period_that_is_not_kept_is_refused()
    {
        foreach (var period in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(59), TimeSpan.FromHours(48) + TimeSpan.FromTicks(1), TimeSpan.MinValue })
        {
            var history = () => Monitor.GetHistoryAsync(period);

            (await history.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1023");
        }

        foreach (var period in new[] { TimeSpan.FromMinutes(59), TimeSpan.FromHours(49) })
        {
            var statistics = () => Monitor.GetHandlerStatisticsAsync(period);

            (await statistics.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1024");
        }
    }

    private static DateTimeOffset Minute(long minute) => DateTimeOffset.UnixEpoch.AddMinutes(minute);

    private static HashEntry[] Fields(params (string Name, int Value)[] fields) => [.. fields.Select(static field => new HashEntry(field.Name, field.Value))];
}
