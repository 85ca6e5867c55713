using System.Globalization;
using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Monitoring;

/// <summary>One damaged store for each kind of violation: it is found, it is named, and nothing else is.</summary>
public sealed class VerifyTests(TestServer server) : StoreTest(server)
{
    private const string Fingerprint = "0123456789abcdef";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_healthy_store_with_jobs_in_every_state_has_no_violation()
    {
        await SeedHealthyAsync();
        var before = await Store.LookAsync();

        var report = await Store.VerifyAsync();

        report.Violations.Should().BeEmpty();
        report.JobsChecked.Should().Be(13);
        report.IsComplete.Should().BeTrue();
        (await Store.LookAsync()).ChangesFrom(before).Should().BeEmpty("it reads only");
    }

    [Fact]
    public async Task An_empty_store_has_no_violation()
        => (await Store.VerifyAsync()).Should().BeEquivalentTo(new VerificationReport([], 0, IsComplete: true));

    [Fact]
    public Task A_job_in_no_place_is_found() => FindsAsync(
        static seed => seed.Text("job:" + TestJob.IdText("x"), TestJob.Record("x")),
        "NoHome x job:x");

    [Fact]
    public Task A_job_that_is_marked_as_removed_but_lives_is_found() => FindsAsync(
        static seed => seed.Pending("x").Hash("tombstones", TestJob.IdText("x"), TestJob.DefaultLine).Hash("tombstones:count", TestJob.DefaultLine, 3),
        "NoHome x job:x");

    [Fact]
    public Task A_job_in_a_list_and_running_is_found() => FindsAsync(
        static seed => seed.Pending("x").Running("x"),
        "TwoHomes x queue:default:normal");

    [Fact]
    public Task A_job_that_is_scheduled_and_in_a_list_is_found() => FindsAsync(
        static seed => seed.Pending("x").Scheduled("x", Hour),
        "TwoHomes x queue:default:normal");

    [Fact]
    public Task A_job_that_is_retrying_and_running_is_found() => FindsAsync(
        static seed => seed.Retrying("x", Hour).Running("x"),
        "TwoHomes x retrying");

    [Fact]
    public Task A_job_in_two_lists_is_found() => FindsAsync(
        static seed => seed.Pending("x").Listed("suspect|default", "x"),
        "TwoHomes x queue:default:normal");

    [Fact]
    public Task An_id_twice_in_one_list_is_named_as_that() => FindsAsync(
        static seed => seed.Pending("x").Listed(TestJob.DefaultLine, "x"),
        "TwiceInList x queue:default:normal");

    [Theory]
    [InlineData("running")]
    [InlineData("dead")]
    [InlineData("scheduled")]
    [InlineData("retrying")]
    [InlineData("queue:default:normal")]
    public async Task An_id_in_a_place_without_a_record_is_found(string place)
    {
        await SeedHealthyAsync();
        await Store.SeedAsync(seed => _ = place switch
        {
            "running" => seed.Running("x"),
            "dead" => seed.Dead("x"),
            "scheduled" => seed.Scheduled("x", Hour),
            "retrying" => seed.Retrying("x", Hour),
            _ => seed.Pending("x"),
        });
        await Store.Database.KeyDeleteAsync(Store.Key("job:" + TestJob.IdText("x")));

        await AreFoundAndMendedAsync($"NoRecord x {place}");
    }

    [Theory]
    [InlineData(TerminalStatus.Completed)]
    [InlineData(TerminalStatus.Cancelled)]
    [InlineData(TerminalStatus.Failed)]
    public async Task A_finished_job_in_no_list_is_found(object status)
        => await FindsAsync(
            seed => seed.Text("job:" + TestJob.IdText("x"), TestJob.Record("x", status: (TerminalStatus)status)),
            "FinishedNotListed x job:x");

    [Fact]
    public Task A_cancelled_job_that_stands_only_in_its_list_is_found() => FindsAsync(
        static seed => seed.Listed(TestJob.DefaultLine, "x").Text("job:" + TestJob.IdText("x"), TestJob.Record("x", status: TerminalStatus.Cancelled))
            .Hash("tombstones", TestJob.IdText("x"), TestJob.DefaultLine).Hash("tombstones:count", TestJob.DefaultLine, 3),
        "FinishedNotListed x job:x");

    [Theory]
    [InlineData("completed")]
    [InlineData("cancelled")]
    public async Task An_entry_of_a_finished_job_without_a_record_is_found(string list)
    {
        await SeedHealthyAsync();
        await Store.Database.ListLeftPushAsync(Store.Key(list), TestJob.IdText("x") + "|1700000000000|0");

        await AreFoundAndMendedAsync($"ListedWithoutRecord x {list}");
    }

    [Fact]
    public async Task A_list_that_no_worker_finds_is_found()
    {
        await SeedHealthyAsync();
        await Store.Database.SetRemoveAsync(Store.Key("ready"), "high|mail");

        await AreFoundAndMendedAsync("LineNotReady - queue:mail:high");
    }

    [Fact]
    public async Task A_list_whose_queue_is_not_known_is_found()
    {
        await SeedHealthyAsync();
        await Store.Database.SetRemoveAsync(Store.Key("queues"), "mail");

        await AreFoundAndMendedAsync("QueueUnknown - queue:mail:high");
    }

    [Theory]
    [InlineData(TestJob.DefaultLine, 3)]
    [InlineData(TestJob.DefaultLine, 0)]
    [InlineData("low|mail", 1)]
    public Task A_count_of_removed_jobs_that_is_wrong_is_found(string line, int count) => FindsAsync(
        seed => seed.Hash("tombstones:count", line, count),
        "TombstoneCountWrong - tombstones:count");

    [Fact]
    public Task A_removed_job_that_stands_in_no_list_is_found() => FindsAsync(
        static seed => seed.Hash("tombstones", TestJob.IdText("x"), TestJob.DefaultLine).Hash("tombstones:count", TestJob.DefaultLine, 3),
        "TombstoneNotListed x tombstones");

    [Fact]
    public Task A_record_that_can_not_be_read_is_found() => FindsAsync(
        static seed => seed.Pending("x").Text("job:" + TestJob.IdText("x"), "{\"v\":1,"),
        "RecordUnreadable x job:x");

    [Fact]
    public Task A_record_of_another_type_is_found() => FindsAsync(
        static seed => seed.Listed(TestJob.DefaultLine, "x").Hash("job:" + TestJob.IdText("x"), "f", "v"),
        "WrongType x job:x");

    [Fact]
    public Task A_key_that_is_no_jobs_is_found() => FindsAsync(
        static seed => seed.Text("job:4711", "x"),
        "MalformedEntry - job:4711");

    [Fact]
    public Task A_job_in_the_list_of_another_line_is_found() => FindsAsync(
        static seed => seed.Listed("high|mail", "x").Text("job:" + TestJob.IdText("x"), TestJob.Record("x", "low|mail")),
        "LineDisagrees x queue:mail:high");

    [Fact]
    public Task A_job_that_is_scheduled_for_another_line_is_found() => FindsAsync(
        static seed => seed.Scheduled("x", Hour, "high|mail").Text("job:" + TestJob.IdText("x"), TestJob.Record("x", "low|mail")),
        "LineDisagrees x scheduled");

    [Theory]
    [InlineData("scheduled")]
    [InlineData("retrying")]
    public Task A_member_that_is_not_a_line_and_an_id_is_found(string set) => FindsAsync(
        seed => seed.SortedSet(set, "4711", Hour),
        $"MalformedEntry - {set}");

    [Fact]
    public async Task Other_entries_that_are_not_ids_are_found()
    {
        await SeedHealthyAsync();
        await Store.SeedAsync(static seed => seed.Hash("running", "4711", "w|1|1").SortedSet("dead", "4711", default));
        await Store.Database.ListLeftPushAsync(Store.Key("queue:default:normal"), "4711");
        await Store.Database.ListLeftPushAsync(Store.Key("completed"), TestJob.IdText("g"));
        await Store.Database.SetAddAsync(Store.Key("ready"), "4711");

        await AreFoundAndMendedAsync(
            "MalformedEntry - completed", "MalformedEntry - dead", "MalformedEntry - queue:default:normal", "MalformedEntry - ready", "MalformedEntry - running");
    }

    [Fact]
    public async Task A_dead_job_that_is_missing_from_its_group_is_found()
    {
        await SeedHealthyAsync();
        await Store.SeedAsync(static seed => DeadOfGroup(seed, "x"));

        await AreFoundAndMendedAsync($"NotInGroup x dead:{Fingerprint}");
    }

    [Fact]
    public Task A_member_of_a_group_that_is_not_dead_is_found() => FindsAsync(
        static seed => seed.SortedSet("dead:" + Fingerprint, TestJob.IdText("a"), default),
        $"NotOfGroup a dead:{Fingerprint}");

    [Fact]
    public Task A_member_of_the_group_of_another_error_is_found() => FindsAsync(
        static seed => seed.Dead("x").SortedSet("dead:" + Fingerprint, TestJob.IdText("x"), default),
        $"NotOfGroup x dead:{Fingerprint}");

    [Fact]
    public Task A_description_without_a_group_is_found() => FindsAsync(
        static seed => seed.Hash("dead:groups", "fedcba9876543210", "{}"),
        "GroupDescription - dead:fedcba9876543210");

    [Fact]
    public async Task A_group_without_a_description_is_found()
    {
        await SeedHealthyAsync();
        await Store.Database.HashDeleteAsync(Store.Key("dead:groups"), Fingerprint);

        await AreFoundAndMendedAsync($"GroupDescription - dead:{Fingerprint}");
    }

    [Theory]
    [InlineData("completed_bytes")]
    [InlineData("cancelled_bytes")]
    public Task Bytes_that_are_not_the_sum_over_their_list_are_found(string field) => FindsAsync(
        seed => seed.Hash("stats", field, 1),
        "BytesWrong - stats");

    [Fact]
    public async Task What_is_kept_of_a_job_that_does_not_exist_is_found()
    {
        await SeedHealthyAsync();
        await Store.SeedAsync(static seed => seed.Traces("x").Attached("x").Hash($"job:{TestJob.IdText("x")}:steps", "s", "1"));
        await Store.Database.SetAddAsync(Store.Key("cancelling"), TestJob.IdText("x"));
        await Store.Database.ListLeftPushAsync(Store.Key($"job:{TestJob.IdText("x")}:log"), "line");

        await AreFoundAndMendedAsync(
            "LeftOver x attached", "LeftOver x cancelling", "LeftOver x crashes", "LeftOver x job:x:log", "LeftOver x job:x:steps", "LeftOver x progress");
    }

    [Fact]
    public async Task Leases_of_a_lost_worker_that_nobody_recovers_are_found()
    {
        await SeedHealthyAsync();
        await Store.SeedAsync(static seed => seed.Running("x", "lost"));
        await Store.Database.HashSetAsync(Store.Key("meta"), "last_recovery", await Store.NowAsync() - 61_000);

        (await Store.VerifyAsync()).Lines().Should().Equal("NotRecovered x running");

        await Store.Database.HashSetAsync(Store.Key("meta"), "last_recovery", await Store.NowAsync());
        (await Store.VerifyAsync()).Violations.Should().BeEmpty("the next pass of the recovery finds it");
    }

    [Fact]
    public async Task Keys_of_the_wrong_type_are_found_and_stop_nothing()
    {
        await SeedHealthyAsync();
        var names = (await Store.LookAsync()).Keys.Select(static key => key.Name)
            .Where(static name => name.Split(':')[0] is not ("job" or "meta" or "worker" or "turn"));
        foreach (var name in names)
        {
            await using var store = await Store.OpenAsync(Server);
            await SeedHealthyAsync(store);
            await store.Database.StringSetAsync(store.Key(name), "wrong type");

            var report = await store.VerifyAsync();

            report.Violations.Select(static violation => (violation.Kind, violation.Key)).Should().Contain((ViolationKind.WrongType, name));
            var jobs = Records(await store.LookAsync());
            (await store.RepairAsync(dryRun: false)).IsComplete.Should().BeTrue();
            (await store.VerifyAsync()).Violations.Where(static left => left.Kind != ViolationKind.NotRecovered)
                .Should().BeEmpty($"{name} was set aside, and what it held was put back from the records");
            Records(await store.LookAsync()).Should().BeEquivalentTo(jobs, "no job is lost");
        }
    }

    [Fact]
    public async Task Names_of_jobs_inside_arguments_are_not_taken_for_the_jobs_own()
    {
        await Store.SeedAsync(static seed => seed.Pending("x").Text("job:" + TestJob.IdText("x"), JobRecordWriter.Write(new JobRecord
        {
            Id = TestJob.Id("x"),
            Name = "work",
            Queue = "default",
            Priority = JobPriority.Normal,
            CreatedAt = TestJob.LongAgo,
            UserId = "\"status\":\"completed\"",
            Args = Encoding.UTF8.GetBytes("""{"id":"1","status":"completed","finished_at":1}"""),
        })));

        (await Store.VerifyAsync()).Violations.Should().BeEmpty();
    }

    [Fact]
    public async Task Lists_longer_than_a_page_are_walked_whole()
    {
        var names = Enumerable.Range(0, 2_500).Select(static number => number.ToString("D4", CultureInfo.InvariantCulture)).ToArray();
        await Store.SeedAsync(seed => seed.Pending(names).Pending("x"));
        await Store.Database.KeyDeleteAsync([.. names.Where(static (_, at) => at is 0 or 1_250 or 2_499).Select(name => Store.Key("job:" + TestJob.IdText(name)))]);

        var report = await Store.VerifyAsync();

        report.Lines().Should().Equal("NoRecord 0000 queue:default:normal", "NoRecord 1250 queue:default:normal", "NoRecord 2499 queue:default:normal");
        report.JobsChecked.Should().Be(2_498);
    }

    [Fact]
    public async Task No_more_than_a_thousand_violations_are_named()
    {
        await Store.SeedAsync(static seed => seed.Listed(TestJob.DefaultLine, [.. Enumerable.Range(0, 1_200).Select(static number => number.ToString("D4", CultureInfo.InvariantCulture))]));

        var report = await Store.VerifyAsync();

        report.Violations.Should().HaveCount(1_000);
        report.IsComplete.Should().BeFalse();
    }

    [Fact]
    public async Task A_violation_says_in_one_line_what_is_wrong_and_what_follows()
    {
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("x"), TestJob.Record("x")));

        (await Store.VerifyAsync()).Violations.Select(static violation => TestJob.Shorten(violation.ToString()))
            .Should().Equal("NoHome: job x in job:x: it is not finished and stands in no place. Nothing will run it.");
    }

    private async Task FindsAsync(Action<StoreSeed> damage, params string[] expected)
    {
        await SeedHealthyAsync();
        await Store.SeedAsync(damage);

        await AreFoundAndMendedAsync(expected);
    }

    /// <summary>Each kind of damage is found, and what can be mended is.</summary>
    private async Task AreFoundAndMendedAsync(params string[] expected)
    {
        (await Store.VerifyAsync()).Lines().Should().Equal(expected);
        var damaged = await Store.LookAsync();

        var planned = await Store.RepairAsync(dryRun: true);
        (await Store.LookAsync()).ChangesFrom(damaged).Should().BeEmpty("a dry run writes nothing");
        var done = await Store.RepairAsync(dryRun: false);

        planned.Repairs.Should().HaveSameCount(expected, "it tells of each violation").And.OnlyContain(static repair => !repair.IsDone);
        done.IsComplete.Should().BeTrue();
        done.Repairs.Should().OnlyContain(static repair => repair.IsDone == (repair.Action != null));
        (await Store.VerifyAsync()).Violations.Should().BeEquivalentTo(done.Repairs.Where(static repair => !repair.IsDone).Select(static repair => repair.Violation));
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    private static IEnumerable<string> Records(Keyspace keys)
        => keys.Keys.Select(static key => key.Name).Where(static name => name.StartsWith("job:", StringComparison.Ordinal));

    private Task SeedHealthyAsync() => SeedHealthyAsync(Store);

    private static async Task SeedHealthyAsync(Store store)
    {
        await store.SeedAsync(static seed => DeadOfGroup(
            seed
                .Pending("a", "b", "t").PendingIn("high|mail", "c").Tombstone("t")
                .Scheduled("d", Hour).Retrying("e", Hour, "low|mail").Running("f").Worker("w")
                .Completed("g").Completed("h").Cancelled("i").Dead("j")
                .Pending("m").Tombstone("m")
                .Hash($"job:{TestJob.IdText("f")}:steps", "s", "1").Attached("f")
                .Hash("crashes", TestJob.IdText("k"), "1|1700000000000|suspect")
                .Text("job:" + TestJob.IdText("k"), TestJob.Record("k")).Listed("suspect|default", "k")
                .SortedSet("dead:" + Fingerprint, TestJob.IdText("l"), default)
                .Hash("dead:groups", Fingerprint, "{}")
                .Hash("stats", "completed_bytes", TestJob.Record("g", status: TerminalStatus.Completed).Length * 2)
                .Hash("stats", "cancelled_bytes", TestJob.Record("i", status: TerminalStatus.Cancelled).Length * 2),
            "l"));

        // A job that was cancelled while it waited: its record and its entry stay, and its id waits for a fetch that drops it.
        await store.SeedAsync(static seed => seed.Cancelled("m"));
    }

    private static void DeadOfGroup(StoreSeed seed, string name) => seed
        .Dead(name)
        .Text("job:" + TestJob.IdText(name), (RedisValue)TestJob.Record(name, status: TerminalStatus.Failed, fingerprint: Fingerprint));
}
