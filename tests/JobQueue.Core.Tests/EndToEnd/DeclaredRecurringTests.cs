using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Recurring jobs that the code of applications declares, over their versions. All hosts of a test share a store.</summary>
public sealed class DeclaredRecurringTests(TestServer server) : StoreTest(server)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly JobSchedule Hourly = JobSchedule.Every(Hour);

    private readonly ConcurrentQueue<string> _runs = new();

    [Fact]
    public async Task A_declaration_is_registered_when_the_host_starts_and_fires()
    {
        await using var host = await StartAsync("shop", static builder => builder.AddRecurringJob("tick", "note", JobSchedule.Every(TimeSpan.FromMilliseconds(100)), new Numbered(7)));

        await Eventually.HoldsAsync(() => _runs.Contains("tick 7"), "it fires");

        (await host.Scheduler.GetAsync("tick")).Should().Match<RecurringJob>(static it => it.Owner == "shop" && it.Handler == "note" && it.IsEnabled);
    }

    [Fact]
    public async Task A_changed_declaration_replaces_what_is_stored_and_an_unchanged_one_keeps_its_pace()
    {
        DateTimeOffset? first;
        await using (var host = await StartAsync("shop", Declare("a", "b")))
        {
            first = (await host.Scheduler.GetAsync("a"))!.NextRunAt;
        }

        await using var next = await StartAsync("shop", static builder => builder
            .AddRecurringJob("a", "note", Hourly, new Numbered(2))
            .AddRecurringJob("b", "note", JobSchedule.Every(Hour * 3)));

        var (a, b) = ((await next.Scheduler.GetAsync("a"))!, (await next.Scheduler.GetAsync("b"))!);
        a.NextRunAt.Should().Be(first);
        System.Text.Encoding.UTF8.GetString(a.Args.Span).Should().Be("""{"number":2}""");
        b.Schedule!.Interval.Should().Be(Hour * 3);
    }

    [Fact]
    public async Task A_persons_switch_survives_a_new_version()
    {
        await using (var host = await StartAsync("shop", Declare("a")))
        {
            await host.Scheduler.DisableAsync("a");
        }

        await using var next = await StartAsync("shop", static builder => builder.AddRecurringJob("a", "note", JobSchedule.Every(Hour * 2)));

        (await next.Scheduler.GetAsync("a")).Should().Match<RecurringJob>(static it => !it.IsEnabled && it.NextRunAt == null && it.Schedule!.Interval == Hour * 2);
    }

    [Fact]
    public async Task One_that_is_gone_from_the_code_fires_no_more_when_the_last_process_that_declares_it_has_stopped()
    {
        await using (await StartAsync("shop", Declare("gone", "kept")))
        {
        }

        await DueNowAsync("shop", "gone", "kept");
        await using var next = await StartAsync("shop", Declare("kept"));

        await Eventually.HoldsAsync(() => _runs.Contains("kept 0"), "what is still declared fires");
        _runs.Should().NotContain("gone 0");
        (await next.Scheduler.GetAsync("gone")).Should().NotBeNull("it is kept for a day");
    }

    [Fact]
    public async Task A_process_of_the_old_version_goes_on_firing_what_it_alone_declares()
    {
        await using var old = await StartAsync("shop", Declare("gone", "kept"));
        await using var next = await StartAsync("shop", Declare("kept"));

        await DueNowAsync("shop", "gone", "kept");

        await Eventually.HoldsAsync(() => _runs.Contains("gone 0") && _runs.Contains("kept 0"), "both fire");
        _runs.Should().HaveCount(2, "one that both declare fires once");
    }

    [Fact]
    public async Task What_no_process_has_declared_for_a_day_is_removed()
    {
        await using (await StartAsync("shop", Declare("gone", "fresh")))
        {
        }

        await DeclaredAsync("gone", TimeSpan.FromHours(25));
        await using var next = await StartAsync("shop", Declare("kept"));

        await Eventually.HoldsAsync(async () => (await next.Scheduler.GetAsync("gone")) is null, "it is removed");
        (await next.Scheduler.ListAsync()).Select(static it => it.Name).Should().Equal("fresh", "kept");
    }

    [Fact]
    public async Task Applications_do_not_touch_each_others()
    {
        await using var shop = await StartAsync("shop", Declare("a"));

        var taken = () => StartAsync("bank", Declare("a"));
        var error = (await taken.Should().ThrowAsync<RecurringJobException>()).Which;
        (error.ErrorId, error.Name, error.Owner).Should().Be(("JQ1082", "a", "shop"));

        await using var bank = await StartAsync("bank", Declare("b"));
        (await bank.Scheduler.ListAsync()).Select(static it => (it.Name, it.Owner)).Should().Equal(("a", "shop"), ("b", "bank"));
        await DueNowAsync("shop", "a");
        await Eventually.HoldsAsync(() => _runs.Contains("a 0"), "its own application fires it");
    }

    [Fact]
    public async Task A_name_that_an_application_has_left_for_hours_may_be_taken()
    {
        await using (await StartAsync("shop", Declare("a")))
        {
        }

        await DeclaredAsync("a", TimeSpan.FromHours(3));
        await using var bank = await StartAsync("bank", Declare("a"));

        (await bank.Scheduler.GetAsync("a"))!.Owner.Should().Be("bank");
    }

    [Fact]
    public async Task Run_time_and_code_do_not_take_each_others_names()
    {
        await using var host = await StartAsync("shop", Declare("code"));
        var registered = () => host.Scheduler.RegisterAsync("code", "note", Hourly, new Numbered(1));
        var removed = () => host.Scheduler.UnregisterAsync("code");

        (await registered.Should().ThrowAsync<RecurringJobException>()).Which.ErrorId.Should().Be("JQ1081");
        (await removed.Should().ThrowAsync<RecurringJobException>()).Which.ErrorId.Should().Be("JQ1081");
        await host.Scheduler.RegisterAsync("person", "note", Hourly, new Numbered(1));
        var declared = () => StartAsync("bank", Declare("person"));
        (await declared.Should().ThrowAsync<RecurringJobException>()).Which.Should().Match<RecurringJobException>(static e => e.ErrorId == "JQ1082" && e.Owner == null);
    }

    [Fact]
    public async Task A_process_without_the_scheduler_declares_and_fires_nothing()
    {
        await using var host = await StartAsync("shop", Declare("a"), static options => options.RunScheduler = false);
        (await host.Scheduler.ListAsync()).Should().BeEmpty();

        await host.Scheduler.RegisterAsync("once", "note", JobSchedule.Once(DateTimeOffset.UnixEpoch), new Numbered(1));
        await using var other = await StartAsync("shop", static _ => { });
        await Eventually.HoldsAsync(() => _runs.Contains("once 1"), "another process fires what it has registered");
    }

    [Fact]
    public async Task A_declaration_that_can_not_work_stops_the_start_and_says_why()
    {
        await RefusedAsync("JQ1080", static builder => builder.AddRecurringJob("a", "nota", Hourly));
        await RefusedAsync("JQ1075", static builder => builder.AddRecurringJob("a", "note", JobSchedule.Every(TimeSpan.FromMilliseconds(100))), static options => options.MinRecurringInterval = Hour);
        await RefusedAsync("JQ1083", static builder => builder.AddRecurringJob("a", "note", Hourly).AddRecurringJob("a", "note", Hourly));
        await RefusedAsync("JQ1078", static builder => builder.AddRecurringJob("", "note", Hourly));
        (await Store.LookAsync()).Find("recurring").Should().BeNull();
    }

    [Fact]
    public async Task A_mistyped_handler_is_told_the_nearest_one()
    {
        var start = () => StartAsync("shop", static builder => builder.AddRecurringJob("a", "nota", Hourly));

        (await start.Should().ThrowAsync<InvalidJobException>()).WithMessage("*Did you mean 'note'?*");
    }

    private static Action<JobQueueBuilder> Declare(params string[] names) => builder => Array.ForEach(names, name => builder.AddRecurringJob(name, "note", Hourly));

    private async Task RefusedAsync(string errorId, Action<JobQueueBuilder> declare, Action<JobQueueOptions>? configure = null)
    {
        var start = () => StartAsync("shop", declare, configure);
        (await start.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be(errorId);
    }

    /// <summary>Brings the next occurrences forward.</summary>
    private async Task DueNowAsync(string owner, params string[] names)
    {
        foreach (var name in names)
        {
            await Store.Database.SortedSetAddAsync(Store.Key("recurring:due:" + owner), name, await Store.NowAsync());
        }

        await Store.Shard.PublishAsync(Store.Shard.Keys.TimersChannel, "0", CancellationToken.None);
    }

    /// <summary>Sets when a process has last declared one.</summary>
    private async Task DeclaredAsync(string name, TimeSpan ago)
    {
        var state = ((string)(await Store.Database.HashGetAsync(Store.Key("recurring:state"), name))!).Split('|');
        state[5] = $"{await Store.NowAsync() - (long)ago.TotalMilliseconds}";
        await Store.Database.HashSetAsync(Store.Key("recurring:state"), name, string.Join('|', state));
    }

    private Task<TestHost> StartAsync(string application, Action<JobQueueBuilder> declare, Action<JobQueueOptions>? configure = null) => TestHost.StartAsync(
        Server,
        builder => declare(builder.AddJobHandler<NoteArgs>("note", (note, job, _) =>
        {
            _runs.Enqueue($"{job.RecurringJob} {note.Number}");
            return Task.CompletedTask;
        })),
        options =>
        {
            options.KeyPrefix = Store.Prefix;
            options.ApplicationName = application;
            options.MinRecurringInterval = TimeSpan.FromMilliseconds(100);
            configure?.Invoke(options);
        });

    private sealed record NoteArgs(int Number = 0);
}
