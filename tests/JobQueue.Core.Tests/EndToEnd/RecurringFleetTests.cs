using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>One store, several processes: an occurrence enqueues one job.</summary>
public sealed class RecurringFleetTests(TestServer server) : StoreTest(server)
{
    private const int Hosts = 4;
    private const int Tasks = 30;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentQueue<(string Name, DateTimeOffset Occurrence)> _runs = new();

    [Fact]
    public async Task However_many_processes_fire_each_occurrence_enqueues_one_job()
    {
        // Each declares another task too, so that none of them shares a turn with another.
        var hosts = await Task.WhenAll(Enumerable.Range(0, Hosts).Select(number => StartAsync(builder => builder.AddRecurringJob($"own-{number}", "note", JobSchedule.Every(TimeSpan.FromHours(1))))));
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(number => hosts[0].Scheduler.RegisterAsync(
            $"tick-{number}", "note", JobSchedule.Every(Pace), new { }, static options => (options.Misfire, options.MaxCatchUp) = (MisfirePolicy.CatchUp, 1_000))));

        await Eventually.HoldsAsync(() => _runs.Count >= Tasks * 12, "a dozen occurrences of each have run");
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(number => hosts[0].Scheduler.UnregisterAsync($"tick-{number}")));
        await Eventually.HoldsAsync(
            async () => await hosts[0].Monitor.GetCountsAsync() is { Pending: 0, Running: 0 }, "what has fired has run");

        foreach (var task in _runs.GroupBy(static run => run.Name))
        {
            var times = task.Select(static run => run.Occurrence).Order().ToArray();
            times.Zip(times.Skip(1), static (one, next) => next - one).Should().OnlyContain(static pace => pace == Pace, "{0} leaves none out and runs none twice", task.Key);
        }

        await hosts[0].VerifyAsync();
        await Task.WhenAll(hosts.Select(static host => host.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Without_overlap_an_occurrence_is_left_out_until_the_job_before_has_ended()
    {
        var gate = new Gate();
        await using var host = await TestHost.StartAsync(
            Server,
            builder => builder.AddJobHandler<Numbered>("hold", (args, job, token) => gate.RunAsync(args.Number, job, token)),
            options => (options.KeyPrefix, options.MinRecurringInterval) = (Store.Prefix, Pace));
        await host.Scheduler.RegisterAsync("slow", "hold", JobSchedule.Every(Pace), new Numbered(1), static options => options.Overlap = OverlapPolicy.SkipIfRunning);

        await gate.HasStartedAsync(1);
        var first = (await host.Scheduler.GetAsync("slow"))!;
        await Eventually.HoldsAsync(async () => (await host.Scheduler.GetAsync("slow"))!.NextRunAt > first.NextRunAt + Pace + Pace, "occurrences go by");
        (await host.Scheduler.GetAsync("slow"))!.RunCount.Should().Be(1);

        gate.Open();
        await gate.HasStartedAsync(2);
        await host.Scheduler.UnregisterAsync("slow");
    }

    [Fact]
    public async Task An_earlier_time_wakes_the_loop_that_sleeps()
    {
        await using var host = await StartAsync(static _ => { });
        await host.Scheduler.RegisterAsync("later", "note", JobSchedule.Every(TimeSpan.FromHours(1)), new { });

        var at = DateTimeOffset.UtcNow.AddMilliseconds(150);
        await host.Scheduler.RegisterAsync("soon", "note", JobSchedule.Once(at), new { });
        await Eventually.HoldsAsync(() => _runs.Any(static run => run.Name == "soon"), "it fires");

        _runs.Single().Occurrence.Should().BeCloseTo(at, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_process_without_the_handler_gives_its_jobs_the_queue_that_the_handler_has_elsewhere()
    {
        await using var worker = await TestHost.StartAsync(
            Server,
            static builder => builder.AddJobHandler<Numbered>("far", static (_, _, _) => Task.CompletedTask, static handler => (handler.Queue, handler.Priority) = ("media", JobPriority.High)),
            options => (options.KeyPrefix, options.RunScheduler) = (Store.Prefix, false));
        await using var scheduler = await TestHost.StartAsync(Server, static _ => { }, options => (options.KeyPrefix, options.RunWorkers, options.RunScheduler) = (Store.Prefix, false, true));

        await scheduler.Scheduler.RegisterAsync("once", "far", JobSchedule.Once(DateTimeOffset.UnixEpoch), new Numbered(1));

        await Eventually.HoldsAsync(async () => (await scheduler.Scheduler.GetAsync("once"))!.RunCount == 1, "it fires");
        var id = (await scheduler.Scheduler.GetAsync("once"))!.LastJobId!.Value;
        (await scheduler.Jobs.GetAsync(id)).Should().Match<Job>(static job => job.Queue == "media" && job.Priority == JobPriority.High);
    }

    [Fact]
    public async Task One_whose_definition_is_damaged_is_shown_with_the_reason_and_holds_nothing_up()
    {
        await using var host = await StartAsync(static _ => { });
        foreach (var name in (string[])["broken", "foreign"])
        {
            await host.Scheduler.RegisterAsync(name, "note", JobSchedule.Every(TimeSpan.FromHours(1)), new { });
            await Store.Database.SortedSetAddAsync(Store.Key("recurring:due"), name, TestJob.LongAgo);
        }

        await Store.Database.HashSetAsync(Store.Key("recurring"), "broken", "{");
        await Store.Database.HashSetAsync(Store.Key("recurring"), "foreign", """{"v":1,"handler":"note","cron":"0 8 * * *","time_zone":"Mars/Base","args":{}}""");
        await host.Scheduler.RegisterAsync("good", "note", JobSchedule.Once(DateTimeOffset.UnixEpoch), new { });

        await Eventually.HoldsAsync(() => _runs.Any(static run => run.Name == "good"), "the one behind them fires");
        (await host.Scheduler.ListAsync()).Select(static it => it.Problem is null).Should().Equal(false, false, true);
        (await host.Scheduler.GetAsync("foreign"))!.Problem.Should().Contain("Mars/Base");
        (await host.Scheduler.DisableAsync("foreign"))!.IsEnabled.Should().BeFalse();
        var enable = () => host.Scheduler.EnableAsync("foreign");
        (await enable.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ1084");
        (await host.Scheduler.UnregisterAsync("broken")).Should().BeTrue();
    }

    private Task<TestHost> StartAsync(Action<JobQueueBuilder> declare) => TestHost.StartAsync(
        Server,
        builder => declare(builder.AddJobHandler<System.Text.Json.JsonElement>("note", (_, job, _) =>
        {
            _runs.Enqueue((job.RecurringJob!, job.Occurrence!.Value));
            return Task.CompletedTask;
        })),
        options => (options.KeyPrefix, options.ApplicationName, options.MinRecurringInterval) = (Store.Prefix, "app", TimeSpan.FromMilliseconds(100)));
}
