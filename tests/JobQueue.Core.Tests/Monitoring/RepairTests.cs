using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Monitoring;

/// <summary>
/// What a repair makes of a damaged store. That each kind of damage is mended, and that a dry run writes nothing, is shown beside the
/// tests that find it, in <see cref="VerifyTests"/>.
/// </summary>
public sealed class RepairTests(TestServer server) : StoreTest(server)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_job_in_no_place_waits_again_and_runs()
    {
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("x"), TestJob.Record("x", "high|mail")));
        await using var host = await TestHost.StartAsync(
            Server, static jobs => jobs.AddJobHandler<object>("work", static (_, _, _) => Task.CompletedTask), o => o.KeyPrefix = Store.Prefix);

        var repair = (await host.Monitor.RepairAsync(dryRun: false)).Repairs.Should().ContainSingle().Which;

        repair.IsDone.Should().BeTrue();
        repair.Violation.Kind.Should().Be(ViolationKind.NoHome);
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(TestJob.Id("x")))!.State == JobState.Completed, "it has run");
        await host.VerifyAsync();
    }

    [Fact]
    public async Task A_job_without_a_place_whose_record_is_damaged_ends_among_the_dead_letters()
    {
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("x"), "{\"v\":1,"));
        await using var host = await TestHost.StartAsync(Server, static _ => { }, o => o.KeyPrefix = Store.Prefix);

        await host.Monitor.RepairAsync(dryRun: false);

        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).Dead == 1, "a worker buries it");
        await host.VerifyAsync();
    }

    [Theory]
    [InlineData("running", "queue:default:normal")]
    [InlineData("running", "retrying")]
    [InlineData("queue:default:normal", "scheduled")]
    [InlineData("scheduled", "retrying")]
    public async Task A_job_in_two_places_keeps_the_one_from_which_it_runs_first(string kept, string left)
    {
        await Store.SeedAsync(seed =>
        {
            foreach (var place in new[] { kept, left })
            {
                _ = place switch
                {
                    "running" => seed.Running("x").Worker("w"),
                    "scheduled" => seed.Scheduled("x", Hour),
                    "retrying" => seed.Retrying("x", Hour),
                    _ => seed.Pending("x"),
                };
            }
        });

        (await Store.RepairAsync(dryRun: false)).Repairs.Should().ContainSingle().Which.Violation.Kind.Should().Be(ViolationKind.TwoHomes);

        (await Store.LookAsync()).Find(kept)!.Items.Should().ContainSingle().Which.Should().Contain(TestJob.IdText("x"));
        (await Store.LookAsync()).Find(left).Should().BeNull();
    }

    [Fact]
    public async Task A_finished_job_that_is_still_leased_stays_in_its_list()
    {
        await Store.SeedAsync(static seed => seed.Running("x").Completed("x"));

        await Store.RepairAsync(dryRun: false);

        (await Store.VerifyAsync()).Violations.Should().BeEmpty();
        (await Store.LookAsync()).Find("running").Should().BeNull();
        (await Store.LookAsync()).Find("completed")!.Items.Should().ContainSingle();
    }

    [Fact]
    public async Task A_key_of_the_wrong_type_is_kept_under_another_name()
    {
        await Store.SeedAsync(static seed => seed.Text("retrying", "what was here"));

        (await Store.RepairAsync(dryRun: false)).Repairs.Should().ContainSingle().Which.IsDone.Should().BeTrue();

        var aside = Store.Server.Keys(pattern: $"damaged:{Store.Key("retrying")}:*").Should().ContainSingle().Which;
        ((string?)await Store.Database.StringGetAsync(aside)).Should().Be("what was here");
        await Store.Database.KeyDeleteAsync(aside);
    }

    [Fact]
    public async Task More_damages_than_one_look_names_are_mended_in_one_call()
    {
        string[] names = [.. Enumerable.Range(0, 1_500).Select(static number => $"n{number}")];
        await Store.SeedAsync(seed => seed.Pending(names));
        await Store.Database.KeyDeleteAsync(Store.Key("queue:default:normal"));

        var report = await Store.RepairAsync(dryRun: false);

        report.IsComplete.Should().BeTrue();
        report.Repairs.Count(static repair => repair.Violation.Kind == ViolationKind.NoHome).Should().Be(1_500);
        (await Store.LookAsync()).Find("queue:default:normal")!.Items.Should().BeEquivalentTo(names.Select(TestJob.IdText));
        (await Store.VerifyAsync()).Violations.Should().BeEmpty();
    }

    [Fact]
    public async Task A_store_in_use_that_is_in_order_is_left_alone()
    {
        await using var host = await TestHost.StartAsync(
            Server,
            static jobs => jobs.AddJobHandler<int>("work", static (number, job, _) => number % 3 == 0 && job.Attempt == 1 ? throw new InvalidDataException("once") : Task.CompletedTask),
            o => (o.KeyPrefix, o.Concurrency) = (Store.Prefix, 8));
        var enqueue = host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 5_000).Select(static number => new JobRequest("work", number)));

        do
        {
            (await host.Monitor.RepairAsync(dryRun: false)).Repairs.Should().BeEmpty();
        }
        while ((await host.Monitor.GetCountsAsync()).Completed < 5_000);

        await enqueue;
        await host.VerifyAsync();
    }
}
