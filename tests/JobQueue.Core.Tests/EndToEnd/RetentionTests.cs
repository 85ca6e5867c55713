using JobQueue.Core.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace JobQueue.Core.Tests.EndToEnd;

public sealed class RetentionTests(TestServer server) : StoreTest(server)
{
    private const string Mail = "00000000000000aa";

    [Fact]
    public async Task Completed_jobs_are_kept_up_to_the_count()
    {
        await using var host = await StartAsync(static retention => retention.CompletedCount = 10);

        var ids = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 1_500).Select(static n => new JobRequest("work", new Numbered(n))));

        await Eventually.HoldsAsync(async () => await StatAsync("completed") == 1_500 && await StatAsync("expired") == 1_490, "the oldest are removed");
        var after = await Store.LookAsync();
        after.Find("completed")!.Items.Should().HaveCount(10);
        after.Keys.Count(static key => key.Name.StartsWith("job:", StringComparison.Ordinal)).Should().Be(10);
        (await StatAsync("completed_bytes")).Should().Be(after.Find("completed")!.Items.Sum(static entry => long.Parse(entry.Split('|')[2], null)));
        ids.Should().HaveCount(1_500);
    }

    [Fact]
    public async Task Finished_jobs_and_dead_letters_are_kept_for_their_age_by_the_servers_clock()
    {
        await Store.SeedAsync(static seed => seed
            .Finished(TerminalStatus.Completed, "a", Hours(3)).Finished(TerminalStatus.Completed, "b")
            .Finished(TerminalStatus.Cancelled, "c", Hours(3)).Finished(TerminalStatus.Cancelled, "d")
            .Dead("e", Hours(3), fingerprint: Mail).Dead("f", fingerprint: Mail));
        await using var host = await StartAsync(static retention =>
        {
            retention.CompletedAge = retention.CancelledAge = retention.DeadAge = Hours(2);
        });

        await ExpiredAsync(3);

        (await JobNamesAsync()).Should().Equal("b", "d", "f");
        (await host.DeadLetters.GetGroupsAsync()).Should().ContainSingle().Which.Count.Should().Be(1);
    }

    [Fact]
    public async Task A_short_age_ends_while_the_host_runs()
    {
        await using var host = await StartAsync(static retention => retention.CompletedAge = TimeSpan.FromSeconds(1));

        var id = await host.Jobs.EnqueueAsync("work", new Numbered(1));

        await ExpiredAsync(1);
        (await host.Jobs.GetAsync(id)).Should().BeNull();
    }

    [Fact]
    public async Task Finished_jobs_are_kept_up_to_their_bytes()
    {
        var size = TestJob.Record("a", status: TerminalStatus.Completed).Length;
        await Store.SeedAsync(static seed => seed
            .Finished(TerminalStatus.Completed, "a").Finished(TerminalStatus.Completed, "b").Finished(TerminalStatus.Completed, "c"));
        await using var host = await StartAsync(retention => retention.CompletedBytes = (2 * size) + 1);

        await ExpiredAsync(1);

        (await JobNamesAsync()).Should().Equal("b", "c");
    }

    [Fact]
    public async Task A_job_that_somebody_waits_for_stays_until_the_wait_is_over()
    {
        await using var host = await StartAsync(static retention => retention.CompletedCount = 0);
        await Store.SeedAsync(static seed => seed.Waiter("a").Finished(TerminalStatus.Completed, "a").Finished(TerminalStatus.Completed, "b"));

        await ExpiredAsync(1);
        (await JobNamesAsync()).Should().Equal("a");
        await Store.Database.HashDeleteAsync(Store.Key("waiters"), TestJob.IdText("a"));

        await ExpiredAsync(2);
        (await JobNamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_key_of_another_type_holds_up_nothing_else()
    {
        await Store.SeedAsync(static seed => seed
            .Text("completed", "another type").Finished(TerminalStatus.Cancelled, "a", Hours(48)).Text("producers", "another type").Dead("b", Hours(24 * 100))
            .Hash("waiters", TestJob.IdText("x"), 1).SortedSet("listeners", "l", Hours(-1)));
        await using var host = await StartAsync(static _ => { });

        await ExpiredAsync(2);

        await Eventually.HoldsAsync(async () => (await Store.LookAsync()).Find("listeners") is null, "the indexes are emptied too");
        (await Store.LookAsync()).Find("waiters").Should().BeNull();
    }

    [Fact]
    public async Task Dead_letters_near_their_limit_are_warned_of_once_until_they_are_fewer()
    {
        await Store.SeedAsync(static seed => seed.Dead("a").Dead("b").Dead("c").Dead("d"));
        using var log = new RecordedLog();
        await using var host = await StartAsync(static retention => retention.DeadCount = 5, log);

        await Eventually.HoldsAsync(() => log.Count(220) == 1, "the warning is logged");
        log.Find(220).Should().Be("There are 4 dead letters, and retention removes the oldest beyond 5. Retry or delete them, or raise JobQueueOptions.Retention.DeadCount");
        await PassedAsync();
        log.Count(220).Should().Be(1, "the same state is told once");

        await host.DeadLetters.DeleteAsync(TestJob.Id("a"));
        await PassedAsync();
        await Store.SeedAsync(static seed => seed.Dead("e"));

        await Eventually.HoldsAsync(() => log.Count(220) == 2, "it is told anew");
    }

    [Fact]
    public async Task A_client_removes_nothing()
    {
        await Store.SeedAsync(static seed => seed.Finished(TerminalStatus.Completed, "a", Hours(48)));
        await using var client = await TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
        await client.Jobs.EnqueueAsync("work", new Numbered(1));

        (await Store.LookAsync()).Keys.Should().NotContain(static key => key.Name == "turn:housekeep");
    }

    [Fact]
    public void Wrong_limits_are_refused_all_at_once()
    {
        var services = new ServiceCollection().AddJobQueue(static o =>
        {
            o.ConnectionString = "localhost";
            o.Retention.CompletedCount = -1;
            o.Retention.CancelledAge = TimeSpan.Zero;
            o.Retention.CompletedBytes = -1;
            o.Retention.DeadCount = 10_000_001;
        }).Services.BuildServiceProvider();

        var read = () => services.GetRequiredService<IOptions<JobQueueOptions>>().Value;

        read.Should().Throw<OptionsValidationException>().Which.Failures.Should().BeEquivalentTo(
            "Retention: Retention.CompletedCount (-1) must be between 0 and 10000000.",
            "Retention: Retention.DeadCount (10000001) must be between 0 and 10000000.",
            "Retention: Retention.CancelledAge (00:00:00) must be between 00:00:01 and 3650.00:00:00.",
            "Retention: Retention.CompletedBytes (-1) must be between 0 and 1099511627776.");
    }

    [Fact]
    public void The_defaults_are_those_of_the_documentation()
        => new JobRetention().Should().BeEquivalentTo(new
        {
            CompletedCount = 10_000,
            CompletedAge = Hours(24),
            CompletedBytes = 67_108_864L,
            CancelledCount = 1_000,
            CancelledAge = Hours(24),
            CancelledBytes = 67_108_864L,
            DeadCount = 100_000,
            DeadAge = Hours(24 * 90),
        });

    private static TimeSpan Hours(int hours) => TimeSpan.FromHours(hours);

    private async Task<long> StatAsync(string field) => (long?)await Store.Database.HashGetAsync(Store.Key("stats"), field) ?? 0;

    private Task ExpiredAsync(int count) => Eventually.HoldsAsync(async () => await StatAsync("expired") == count, $"{count} jobs are removed");

    private async Task<IEnumerable<string>> JobNamesAsync()
        => (await Store.LookAsync()).Keys.Where(static key => key.Name.StartsWith("job:", StringComparison.Ordinal)).Select(static key => TestJob.Shorten(key.Name)["job:".Length..]);

    /// <summary>Two whole passes of the housekeeper have gone by: what was there for the last one has been seen.</summary>
    private async Task PassedAsync()
    {
        for (var pass = 0; pass < 2; pass++)
        {
            var expired = await StatAsync("expired");
            await Store.SeedAsync(static seed => seed.Finished(TerminalStatus.Cancelled, "z", Hours(48)));
            await Eventually.HoldsAsync(async () => await StatAsync("expired") > expired, "a pass has gone by");
        }
    }

    private async Task<TestHost> StartAsync(Action<JobRetention> configure, RecordedLog? log = null)
        => await TestHost.StartAsync(
            Server,
            jobs =>
            {
                jobs.AddJobHandler<Numbered>("work", static (_, _, _) => Task.CompletedTask);
                if (log is not null)
                {
                    jobs.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(log));
                }
            },
            o =>
            {
                o.KeyPrefix = Store.Prefix;
                configure(o.Retention);
            });
}
