using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>What scripts count in the minute and for the handler in the hour.</summary>
public sealed class StatisticsTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Enqueue_counts_the_jobs_that_it_stored_in_the_minute()
    {
        await Store.SeedAsync(static seed => seed.Completed("a"));

        await EnqueueAsync(1, "a", "b", "c");
        await EnqueueAsync(1, "a", "b", "c");
        await EnqueueAsync(2, "b");

        (await TimedStatistics.OfMinutesAsync(Store)).Should().Equal("enqueued=2");
        (await TimedStatistics.OfHandlerAsync(Store)).Should().BeEmpty();
    }

    [Fact]
    public async Task Complete_counts_the_waits_and_runs_by_how_long_they_took()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c").Running("d", "other"));
        CompleteItem[] jobs = [Done("a"), Done("b") with { WaitField = "w0" }, Done("c") with { RunField = "r9", Handler = "mail" }, Done("d"), Done("x")];

        await CompleteAsync(jobs);
        await CompleteAsync(jobs);

        (await TimedStatistics.OfMinutesAsync(Store)).Should().Equal("completed=3", "r5=2", "r9=1", "w0=1", "w3=2");
        (await TimedStatistics.OfHandlerAsync(Store)).Should().Equal("completed=2", "r5=2");
        (await TimedStatistics.OfHandlerAsync(Store, "mail")).Should().Equal("completed=1", "r9=1");
    }

    [Theory]
    [InlineData(SettleOutcome.Retrying, "failed=1, r5=1, retried=1")]
    [InlineData(SettleOutcome.Dead, "dead=1, failed=1, r5=1")]
    [InlineData(SettleOutcome.Scheduled, "r5=1, snoozed=1")]
    [InlineData(SettleOutcome.Cancelled, "cancelled=1, r5=1")]
    internal async Task Settle_counts_an_attempt_by_its_outcome(SettleOutcome outcome, string expected)
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b", "other"));
        SettleItem[] jobs = [SettleCall.Retry("a") with { Outcome = outcome }, SettleCall.Retry("b") with { Outcome = outcome }, SettleCall.Retry("x") with { Outcome = outcome }];

        await SettleCall.SendAsync(Store.Shard, jobs);
        await SettleCall.SendAsync(Store.Shard, jobs);

        string.Join(", ", await TimedStatistics.OfMinutesAsync(Store)).Should().Be(expected + ", w3=1", "what was refused or applied before does not count");
        string.Join(", ", await TimedStatistics.OfHandlerAsync(Store)).Should().Be(expected);
    }

    [Theory]
    [InlineData(SettleOutcome.Retrying, "retried=1")]
    [InlineData(SettleOutcome.Dead, "dead=1")]
    [InlineData(SettleOutcome.Scheduled, "")]
    [InlineData(SettleOutcome.Cancelled, "cancelled=1")]
    internal async Task Settle_counts_no_failure_and_no_time_of_an_attempt_in_which_the_handler_did_not_run(SettleOutcome outcome, string expected)
    {
        await Store.SeedAsync(static seed => seed.Running("a"));

        await SettleCall.SendAsync(Store.Shard, (SettleCall.Retry("a") with { Outcome = outcome }).WithoutRun());

        string.Join(", ", await TimedStatistics.OfMinutesAsync(Store)).Should().Be(expected);
        string.Join(", ", await TimedStatistics.OfHandlerAsync(Store)).Should().Be(expected);
    }

    [Fact]
    public async Task Settle_counts_nothing_of_a_job_that_must_be_cancelled_first()
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a"));

        await SettleCall.SendAsync(Store.Shard, SettleCall.Retry("a"));

        (await TimedStatistics.OfMinutesAsync(Store)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(SettleOutcome.Dead, "dead=1")]
    [InlineData(SettleOutcome.Cancelled, "cancelled=1")]
    internal async Task Bury_counts_the_job_once(SettleOutcome outcome, string expected)
    {
        await Store.SeedAsync(static seed => seed.Running("a", "gone").Running("b", "other"));

        foreach (var name in (string[])["a", "a", "b"])
        {
            await BuryScriptTests.SendAsync(Store.Shard, BuryScriptTests.Dead(name) with { Outcome = outcome });
        }

        (await TimedStatistics.OfMinutesAsync(Store)).Should().Equal(expected);
        (await TimedStatistics.OfHandlerAsync(Store)).Should().Equal(expected);
    }

    [Fact]
    public async Task Counts_end_by_themselves_after_two_days()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b"));
        await EnqueueAsync(1, "c");
        await CompleteAsync(Done("a"));
        await SettleCall.SendAsync(Store.Shard, SettleCall.Dead("b"));

        var (minutes, hours) = await TimedStatistics.KeptAsync(Store);

        minutes.Should().NotBeEmpty().And.OnlyContain(static kept => kept > TimeSpan.FromHours(47) && kept < TimeSpan.FromHours(49));
        hours.Should().NotBeEmpty().And.OnlyContain(static kept => kept > TimeSpan.FromHours(48) && kept < TimeSpan.FromHours(50));
    }

    [Fact]
    public async Task A_minute_of_the_wrong_type_stops_enqueue_before_it_writes()
    {
        await PutWrongTypeAsync(handler: null);

        await StopsAsync(() => EnqueueAsync(1, "a"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("work")]
    public async Task A_minute_or_an_hour_of_the_wrong_type_stops_complete_before_it_writes(string? handler)
    {
        await Store.SeedAsync(static seed => seed.Running("a").Traces("a"));
        await PutWrongTypeAsync(handler);

        await StopsAsync(() => CompleteAsync(Done("a")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("work")]
    public async Task A_minute_or_an_hour_of_the_wrong_type_stops_settle_and_bury_before_they_write(string? handler)
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c", "gone").Traces("a"));
        await PutWrongTypeAsync(handler);

        await StopsAsync(() => SettleCall.SendAsync(Store.Shard, SettleCall.Dead("a"), SettleCall.Retry("b")));
        await StopsAsync(() => BuryScriptTests.SendAsync(Store.Shard, BuryScriptTests.Dead("c")));
    }

    private static CompleteItem Done(string name) => new(TestJob.IdBytes(name), TestJob.Token("w"), TestJob.LongAgo, "work", "w3", "r5", Encoding.UTF8.GetBytes(name + " is done"));

    private Task CompleteAsync(params CompleteItem[] jobs) => CompleteScript.RunAsync(Store.Shard, jobs, CancellationToken.None);

    private Task EnqueueAsync(long batch, params string[] names)
        => EnqueueScript.RunAsync(
            Store.Shard,
            EnqueueScript.Arguments("p", batch, [.. names.Select(static name => TestJob.Item(name, TestJob.DefaultLine, "", TestJob.Record(name)))]),
            CancellationToken.None);

    private async Task PutWrongTypeAsync(string? handler)
    {
        foreach (var name in await TimedStatistics.NamesOfNowAsync(Store, handler))
        {
            await Store.Database.StringSetAsync(Store.Key(name), "wrong type");
        }
    }

    private async Task StopsAsync(Func<Task> call)
        => (await Store.ChangesOfAsync(() => call.Should().ThrowAsync<RedisServerException>())).Should().BeEmpty();
}
