using JobQueue.Core.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Jobs whose handler the process that takes them does not have.</summary>
public sealed class UnknownHandlerTests(TestServer server) : StoreTest(server)
{
    private const int HandlerUnknown = 204;

    [Fact]
    public async Task A_job_that_another_live_worker_knows_is_handed_back_until_that_one_takes_it()
    {
        var log = new RecordedLog();
        await using var elsewhere = await StartAsync(AddWork, static o => o.Queues.Add("elsewhere"));
        await using var ignorant = await StartAsync(AddOther, log: log);
        var id = await ignorant.Jobs.EnqueueAsync("work", new Numbered(7));
        await Eventually.HoldsAsync(() => log.Count(HandlerUnknown) > 0, "the worker without the handler has taken the job");
        await Eventually.HoldsAsync(async () => (await ignorant.Jobs.GetAsync(id))!.State == JobState.Scheduled, "it has handed the job back");
        (await RecordAsync(id)).UnknownSince.Should().BeNull("a live worker knows it");

        await using var able = await StartAsync(AddWork);

        (await able.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(30))).Should().Be(7);
        (await able.Jobs.GetAsync(id))!.Attempts.Should().ContainSingle("to be handed back is no attempt").Which.Number.Should().Be(1);
        log.Count(HandlerUnknown).Should().Be(1, "one line a minute for each name");
        await able.VerifyAsync();
    }

    [Fact]
    public async Task A_job_that_no_live_worker_knows_is_dead_after_the_grace_and_names_those_that_are_known()
    {
        await using var host = await StartAsync(AddOther, static o => o.UnknownHandlerGrace = TimeSpan.FromMilliseconds(800));
        var id = await host.Jobs.EnqueueAsync("wrok", new Numbered(7));

        await Eventually.HoldsAsync(async () => (await RecordAsync(id)).UnknownSince is not null, "it is put off");
        var waiting = () => host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(30));
        (await waiting.Should().ThrowAsync<JobFailedException>()).Which.ErrorId.Should().Be("JQ1104");

        var dead = await host.Jobs.GetAsync(id);
        dead!.State.Should().Be(JobState.Dead);
        dead.Reason.Should().StartWith("No live worker has had a handler named 'wrok' for 00:00:00.8000000 (UnknownHandlerGrace). Known handlers: other.");
        dead.Attempts.Should().BeEmpty();
        dead.Snoozes.Should().Be(0);
        (dead.FinishedAt!.Value - dead.CreatedAt).Should().BeGreaterThan(TimeSpan.FromMilliseconds(700));
        (await RecordAsync(id)).UnknownSince.Should().BeNull();
        await host.VerifyAsync();
    }

    [Fact]
    public async Task The_grace_is_forgotten_when_the_handler_turns_up()
    {
        JobId id;
        await using (var ignorant = await StartAsync(AddOther))
        {
            id = await ignorant.Jobs.EnqueueAsync("work", new Numbered(7));
            await Eventually.HoldsAsync(async () => (await RecordAsync(id)).UnknownSince is not null, "it is put off");
        }

        await using var able = await StartAsync(AddWork);

        (await able.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(30))).Should().Be(7);
        (await RecordAsync(id)).UnknownSince.Should().BeNull();
    }

    [Fact]
    public async Task The_grace_begins_anew_when_another_worker_is_seen_to_know_the_handler()
    {
        var now = await Store.NowAsync();
        var record = JobRecordReader.TryRead(TestJob.Id("a"), TestJob.Record("a"), out _)!;
        record.UnknownSince = now - 10_000;
        await Store.SeedAsync(seed => seed
            .Hash("handlers", "work", $"{now}|{{}}")
            .Text("job:" + TestJob.IdText("a"), JobRecordWriter.Write(record))
            .Listed(TestJob.DefaultLine, "a"));
        await using var ignorant = await StartAsync(AddOther);

        await Eventually.HoldsAsync(async () => (await RecordAsync(TestJob.Id("a"))).UnknownSince is null, "the record says that it is known");

        (await ignorant.Jobs.GetAsync(TestJob.Id("a")))!.Snoozes.Should().Be(0);
    }

    [Fact]
    public async Task A_name_that_was_not_seen_for_hours_is_no_live_workers()
    {
        var now = await Store.NowAsync();
        await Store.SeedAsync(seed => seed.Hash("handlers", "work", $"{now - 7_300_000}|{{}}").Pending("a"));
        await using var ignorant = await StartAsync(AddOther);

        await Eventually.HoldsAsync(async () => (await RecordAsync(TestJob.Id("a"))).UnknownSince is not null, "it is put off");
    }

    private static void AddWork(JobQueueBuilder jobs) => jobs.AddJobHandler<Numbered, int>("work", static (args, _, _) => Task.FromResult(args.Number));

    private static void AddOther(JobQueueBuilder jobs) => jobs.AddJobHandler<Numbered>("other", static (_, _, _) => Task.CompletedTask);

    private async Task<JobRecord> RecordAsync(JobId id)
        => JobRecordReader.TryRead(id, (byte[])await Store.Database.StringGetAsync(Store.Key("job:" + id)), out _)!;

    private Task<TestHost> StartAsync(Action<JobQueueBuilder> add, Action<JobQueueOptions>? configure = null, RecordedLog? log = null) => TestHost.StartAsync(
        Server,
        jobs =>
        {
            add(jobs);
            if (log is not null)
            {
                jobs.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
            }
        },
        o =>
        {
            (o.KeyPrefix, o.PollInterval) = (Store.Prefix, TimeSpan.FromMilliseconds(100));
            configure?.Invoke(o);
        });
}
