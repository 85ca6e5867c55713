using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Recurring jobs that are registered at run time.</summary>
public sealed class RecurringTests(TestServer server)
{
    private static readonly TimeSpan Tenth = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ConcurrentQueue<(string? Name, DateTimeOffset? Occurrence, string? Text)> _runs = new();

    [Fact]
    public async Task Each_occurrence_runs_once_with_its_arguments_and_the_handler_sees_which_it_is()
    {
        await using var host = await StartAsync();

        await host.Scheduler.RegisterAsync("tick", "note", JobSchedule.Every(Tenth), new Note("a"), static options => options.Misfire = MisfirePolicy.CatchUp);
        await Eventually.HoldsAsync(() => _runs.Count >= 5, "five occurrences have run");
        await host.Scheduler.UnregisterAsync("tick");

        var runs = _runs.ToArray();
        runs.Should().OnlyContain(static run => run.Name == "tick" && run.Text == "a");
        var times = runs.Select(static run => run.Occurrence!.Value).Order().ToArray();
        times.Zip(times.Skip(1), static (one, next) => next - one).Should().OnlyContain(static pace => pace == Tenth, "none is left out and none comes twice");
    }

    [Fact]
    public async Task Its_jobs_carry_its_name_and_occurrence_and_it_tells_of_its_last_one()
    {
        await using var host = await StartAsync();

        var registered = await host.Scheduler.RegisterAsync("once", "note", JobSchedule.Once(DateTimeOffset.UtcNow.AddHours(-1)), new Note("late"), static options => options.Queue = "mail");
        registered.Should().Match<RecurringJob>(static it => it.Name == "once" && it.Handler == "note" && it.IsEnabled && it.Owner == null && it.Queue == "mail");
        await Eventually.HoldsAsync(() => !_runs.IsEmpty, "a single time that is past runs at once");

        var once = (await host.Scheduler.GetAsync("once"))!;
        (once.RunCount, once.NextRunAt).Should().Be((1, null));
        once.LastRunAt.Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        var job = (await host.Jobs.GetAsync(once.LastJobId!.Value))!;
        (job.RecurringJob, job.Occurrence, job.Queue).Should().Be(("once", registered.Schedule!.RunAt, "mail"));
    }

    [Fact]
    public async Task Switched_off_it_does_not_fire_and_the_switch_outlives_a_new_registration()
    {
        await using var host = await StartAsync();
        await RegisterAsync(host, "tick", JobSchedule.Every(Tenth));
        await Eventually.HoldsAsync(() => !_runs.IsEmpty, "it fires");

        (await host.Scheduler.DisableAsync("tick")).Should().Match<RecurringJob>(static it => !it.IsEnabled && it.NextRunAt == null);
        var again = await RegisterAsync(host, "tick", JobSchedule.Every(Hour));
        (again.IsEnabled, again.NextRunAt).Should().Be((false, null));

        var on = (await host.Scheduler.EnableAsync("tick"))!;
        on.IsEnabled.Should().BeTrue();
        on.NextRunAt.Should().BeAfter(DateTimeOffset.UtcNow.AddMinutes(50));
        on.GetNextRuns(3).Should().Equal(on.NextRunAt!.Value, on.NextRunAt.Value + Hour, on.NextRunAt.Value + Hour + Hour);
    }

    [Fact]
    public async Task A_new_registration_replaces_what_it_says_and_keeps_its_pace_and_its_count()
    {
        await using var host = await StartAsync();
        var first = await RegisterAsync(host, "report", JobSchedule.Every(Hour));
        await host.Scheduler.RunNowAsync("report");

        var same = await host.Scheduler.RegisterAsync("report", "note", JobSchedule.Every(Hour), new Note("other"));
        var changed = await RegisterAsync(host, "report", JobSchedule.DailyAt(new TimeOnly(8, 0), "Europe/Berlin"));

        (same.NextRunAt, same.RunCount).Should().Be((first.NextRunAt, 1L));
        System.Text.Encoding.UTF8.GetString(same.Args.Span).Should().Be("""{"text":"other"}""");
        changed.NextRunAt.Should().NotBe(first.NextRunAt);
        changed.NextRunAt!.Value.TimeOfDay.Should().Be(TimeSpan.FromHours(8), "it is shown by the zone's clock");
    }

    [Fact]
    public async Task Run_now_enqueues_one_and_leaves_the_timetable_alone_also_of_one_that_is_off()
    {
        await using var host = await StartAsync();
        var registered = await RegisterAsync(host, "report", JobSchedule.Every(Hour));

        var id = await host.Scheduler.RunNowAsync("report");
        await Eventually.HoldsAsync(() => _runs.Count == 1, "it runs");
        await host.Scheduler.DisableAsync("report");
        await host.Scheduler.RunNowAsync("report");
        await Eventually.HoldsAsync(() => _runs.Count == 2, "it runs although it is off");

        _runs.Should().OnlyContain(static run => run.Name == "report" && run.Occurrence == null);
        (await host.Jobs.GetAsync(id!.Value))!.RecurringJob.Should().Be("report");
        var on = (await host.Scheduler.EnableAsync("report"))!;
        on.RunCount.Should().Be(2);
        on.NextRunAt.Should().BeCloseTo(registered.NextRunAt!.Value, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task What_does_not_exist_is_answered_as_such()
    {
        await using var host = await StartAsync();

        (await host.Scheduler.GetAsync("gone")).Should().BeNull();
        (await host.Scheduler.EnableAsync("gone")).Should().BeNull();
        (await host.Scheduler.DisableAsync("gone")).Should().BeNull();
        (await host.Scheduler.RunNowAsync("gone")).Should().BeNull();
        (await host.Scheduler.UnregisterAsync("gone")).Should().BeFalse();
        (await host.Scheduler.ListAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Many_are_listed_by_name_and_outlive_the_processes()
    {
        var prefix = TestServer.NewPrefix();
        await using (var host = await StartAsync(options => options.KeyPrefix = prefix))
        {
            await Task.WhenAll(Enumerable.Range(0, 250).Select(number => RegisterAsync(host, $"task-{number:000}", JobSchedule.Every(Hour))));
        }

        await using var other = await StartAsync(options => options.KeyPrefix = prefix);
        var listed = await other.Scheduler.ListAsync();
        listed.Select(static it => it.Name).Should().Equal(Enumerable.Range(0, 250).Select(static number => $"task-{number:000}"));
        listed.Should().OnlyContain(static it => it.NextRunAt > DateTimeOffset.UtcNow);
        await other.VerifyAsync();
    }

    [Fact]
    public async Task Bad_input_is_refused_with_what_and_why_and_nothing_is_stored()
    {
        await using var host = await StartAsync();

        await RefusedAsync("JQ1078", () => RegisterAsync(host, "not valid!", JobSchedule.Every(Hour)));
        await using var strict = await StartAsync(static options => options.MinRecurringInterval = Hour);
        await RefusedAsync("JQ1075", () => RegisterAsync(strict, "x", JobSchedule.Every(Hour / 2)));
        await RefusedAsync("JQ1080", () => host.Scheduler.RegisterAsync("x", "noet", JobSchedule.Every(Hour), new Note("a")));
        await RefusedAsync("JQ1079", () => host.Scheduler.RegisterAsync("x", "note", JobSchedule.Every(Hour), new Note("a"), static o => o.MaxCatchUp = 0));
        await RefusedAsync("JQ1079", () => host.Scheduler.RegisterAsync("x", "note", JobSchedule.Every(Hour), new Note("a"), static o => (o.StartsAt, o.EndsAt) = (DateTimeOffset.MinValue.AddYears(2000), DateTimeOffset.UnixEpoch)));
        await RefusedAsync("JQ1079", () => host.Scheduler.RegisterAsync("x", "note", JobSchedule.Every(Hour), new Note("a"), static o => o.Misfire = (MisfirePolicy)9));
        await RefusedAsync("JQ1004", () => host.Scheduler.RegisterAsync("x", "note", JobSchedule.Every(Hour), new Note(new string('x', 2_000_000))));
        (await host.Scheduler.ListAsync()).Should().BeEmpty();
    }

    private static async Task RefusedAsync(string errorId, Func<Task> register)
        => (await register.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be(errorId);

    private static Task<RecurringJob> RegisterAsync(TestHost host, string name, JobSchedule schedule)
        => host.Scheduler.RegisterAsync(name, "note", schedule, new Note(name));

    private Task<TestHost> StartAsync(Action<JobQueueOptions>? configure = null) => TestHost.StartAsync(
        server,
        builder => builder.AddJobHandler<Note>("note", (note, job, _) =>
        {
            _runs.Enqueue((job.RecurringJob, job.Occurrence, note.Text));
            return Task.CompletedTask;
        }),
        options =>
        {
            options.MinRecurringInterval = Tenth;
            configure?.Invoke(options);
        });

    private sealed record Note(string Text);
}
