using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>A record so large that it can't be sent within a call's time limit must not keep the jobs beside it from running, nor anyone from looking.</summary>
public sealed class LargeRecordTests(TestServer server) : StoreTest(server)
{
    /// <summary>Three seconds, with a limit of one.</summary>
    private const int Size = 24 << 20;
    private const int BytesPerSecond = 8 << 20;

    private static readonly byte[] Large = [.. TestJob.Record("large")[..^1], .. Enumerable.Repeat((byte)' ', Size), (byte)'}'];

    [Fact]
    public async Task A_record_that_cant_be_sent_in_time_is_a_dead_letter_and_the_jobs_around_it_run()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Text("job:" + TestJob.IdText("large"), Large).Listed(TestJob.DefaultLine, "large").Pending("z"));
        await using var relay = Relay.Before(Server, Store, BytesPerSecond);
        await using var host = await StartAsync(relay);

        await Eventually.HoldsAsync(async () => await host.Monitor.GetCountsAsync() is { TotalCompleted: 2, Dead: 1 }, "all have ended");
        await IsBuriedAsync(host);
    }

    [Fact]
    public async Task A_job_with_such_a_record_that_nobody_holds_any_more_is_buried_by_the_recovery()
    {
        var now = await Store.NowAsync();
        await Store.SeedAsync(seed => seed.Running("large", "gone").Text("job:" + TestJob.IdText("large"), Large).Hash("crashes", TestJob.IdText("large"), $"3|{now}"));
        await using var relay = Relay.Before(Server, Store, BytesPerSecond);
        await using var host = await StartAsync(relay);

        await Eventually.HoldsAsync(async () => await host.Monitor.GetCountsAsync() is { Dead: 1, Running: 0 }, "it is dead");
        await IsBuriedAsync(host);
    }

    [Fact]
    public async Task Whoever_looks_at_it_is_answered_and_it_can_be_deleted()
    {
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("large"), Large).Listed(TestJob.DefaultLine, "large").Pending("z"));
        await using var relay = Relay.Before(Server, Store, BytesPerSecond);
        await using var host = await StartAsync(relay, static o => o.RunWorkers = false);

        (await host.Jobs.GetAsync(TestJob.Id("large")))!.Reason.Should().Be(Problem);
        (await host.Monitor.ListAsync(JobState.Pending, 10)).Jobs.Select(static job => job.Id).Should().Equal(TestJob.Id("large"), TestJob.Id("z"));
        (await host.Monitor.GetQueuesAsync()).Should().ContainSingle();
        (await host.Monitor.VerifyAsync()).Violations.Should().ContainSingle().Which.Kind.Should().Be(ViolationKind.RecordUnreadable);

        await host.Jobs.DeleteAsync(TestJob.Id("large"));
        (await host.Jobs.GetAsync(TestJob.Id("large"))).Should().BeNull();
    }

    private static string Problem => $"it is {Large.Length} bytes long, and no record of this library is longer than 8388608";

    private async Task IsBuriedAsync(TestHost host)
    {
        var job = (await host.Jobs.GetAsync(TestJob.Id("large")))!;
        job.Reason.Should().Be($"The record could not be read: {Problem}.");
        var stored = (byte[])(await Store.Database.StringGetAsync(Store.Key("job:" + job.Id)))!;
        Convert.FromBase64String(JobRecordReader.TryRead(job.Id, stored, out _)!.Raw!).Should().Equal(Large[..(64 * 1024)]);
        await host.VerifyAsync();
    }

    private Task<TestHost> StartAsync(Relay relay, Action<JobQueueOptions>? configure = null) => TestHost.StartAsync(
        Server,
        static jobs => jobs.AddJobHandler<RawJson>("work", static (_, _, _) => Task.CompletedTask),
        o =>
        {
            (o.KeyPrefix, o.ConnectionString, o.CallTimeout) = (Store.Prefix, relay.Through(Server), TimeSpan.FromSeconds(1));
            (o.LeaseDuration, o.HeartbeatInterval) = (TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1));
            configure?.Invoke(o);
        });
}
