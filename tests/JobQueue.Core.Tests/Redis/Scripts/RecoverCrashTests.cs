using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>For which jobs recover.lua counts a crash when a worker is lost, and what becomes of one that has caused too many.</summary>
public sealed class RecoverCrashTests(TestServer server) : StoreTest(server)
{
    private static readonly TimeSpan Lease = TimeSpan.FromHours(3);
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    [Fact]
    public async Task Recover_counts_a_crash_of_a_job_that_the_last_snapshot_names()
    {
        await Store.SeedAsync(static seed => seed.SilentWorker("lost").Text("worker:lost", Snapshot(TestJob.LongAgo + 1, "a"))
            .Running("a", "lost").Running("b", "lost"));

        var changes = await Store.ChangesOfAsync(() => SendAsync());

        changes.Should().Contain("crashes hash: a=1|now").And.Contain("queue:default:normal list: b, a", "both wait again in front");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Recover_counts_a_crash_of_a_job_that_was_leased_after_the_beat_before_the_snapshot(int beatAfterLease, bool counted)
    {
        await Store.SeedAsync(seed => seed.SilentWorker("lost").Text("worker:lost", Snapshot(TestJob.LongAgo + beatAfterLease, "z")).Running("a", "lost"));

        await SendAsync();

        (await CrashesAsync("a")).Should().Be(counted ? "1|now" : "", "it may have started unseen, or could not have");
    }

    [Fact]
    public async Task Recover_counts_a_crash_of_a_job_that_killed_its_worker_before_the_first_beat()
    {
        await Store.SeedAsync(static seed => seed.SilentWorker("lost").Text("worker:lost", """{"id":"lost","jobs":[]}""").Running("a", "lost"));

        await SendAsync();

        (await CrashesAsync("a")).Should().Be("1|now", "the snapshot that a worker joins with names no beat before it");
    }

    [Fact]
    public async Task Recover_counts_no_crash_without_a_snapshot()
    {
        await Store.SeedAsync(static seed => seed.SilentWorker("lost").Running("a", "lost").Running("b", "gone"));
        await Store.Database.KeyDeleteAsync(Store.Key("worker:lost"));

        (await SendAsync()).HandedBack.Should().Be(2);

        (await Store.LookAsync()).Find("crashes").Should().BeNull();
    }

    [Fact]
    public async Task Recover_counts_no_crash_of_a_job_that_a_worker_left_behind_in_good_order()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Text("worker:w", Snapshot(TestJob.LongAgo, "a")).Running("a"));
        await LeaveScript.RunAsync(Store.Shard, "w", [], CancellationToken.None);

        (await SendAsync()).HandedBack.Should().Be(1);

        (await Store.LookAsync()).Find("crashes").Should().BeNull();
    }

    [Fact]
    public async Task Recover_makes_a_job_a_suspect_that_may_crash_once_more()
    {
        await SeedLostAsync("1|", TimeSpan.FromHours(-5), line: "high|mail");

        var changes = await Store.ChangesOfAsync(() => SendAsync());

        changes.Should().Contain("crashes hash: a=2|now|suspect").And.Contain("queue:mail:suspect list: a").And.Contain("ready set: suspect|mail");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Recover_makes_a_job_a_suspect_at_its_first_crash_when_two_are_too_many()
    {
        await SeedLostAsync();

        await SendAsync(maxCrashes: 2);

        (await CrashesAsync("a")).Should().Be("1|now|suspect");
        (await Store.LookAsync()).Find("queue:default:suspect")!.Items.Should().Equal(TestJob.IdText("a"));
    }

    [Fact]
    public async Task Recover_holds_a_job_with_too_many_crashes_and_does_not_count_it_again()
    {
        await SeedLostAsync("2|", TimeSpan.FromHours(-5), "|suspect");
        HeldLease[] held = [new(TestJob.IdText("a"), TestJob.Token("lost"), Crashes: 3)];

        (await SendAsync()).Held.Should().Equal(held);
        var before = await Store.LookAsync();
        (await SendAsync()).Held.Should().Equal(held, "the process that was to bury it may have died");

        var after = await Store.LookAsync();
        after.ToString().Should().Be(before.ToString());
        after.Find("running")!.Items.Should().ContainSingle();
        after.Find("queue:default:suspect").Should().BeNull();
        (await CrashesAsync("a")).Should().Be("3|now");
    }

    [Fact]
    public async Task Recover_holds_a_job_at_its_first_crash_when_one_is_too_many()
    {
        await SeedLostAsync();

        (await SendAsync(maxCrashes: 1)).Held.Should().Equal(new HeldLease(TestJob.IdText("a"), TestJob.Token("lost"), Crashes: 1));

        (await CrashesAsync("a")).Should().Be("1|now");
    }

    [Theory]
    [InlineData(-23, "2|now|suspect")]
    [InlineData(-25, "1|now")]
    public async Task Recover_forgets_crashes_that_are_longer_ago_than_the_window(int hours, string expected)
    {
        await SeedLostAsync("1|", TimeSpan.FromHours(hours));

        await SendAsync();

        (await CrashesAsync("a")).Should().Be(expected);
    }

    [Fact]
    public async Task Recover_lets_a_suspect_wait_with_the_others_whose_crashes_are_longer_ago_than_the_window()
    {
        await SeedLostAsync("2|", TimeSpan.FromHours(-25), "|suspect");

        (await SendAsync()).Held.Should().BeEmpty();

        (await CrashesAsync("a")).Should().Be("1|now");
        (await Store.LookAsync()).Find("queue:default:normal")!.Items.Should().Equal(TestJob.IdText("a"));
    }

    [Fact]
    public async Task Recover_counts_no_crash_of_a_job_that_was_asked_to_stop()
    {
        await Store.SeedAsync(static seed => seed.SilentWorker("lost").Text("worker:lost", Snapshot(TestJob.LongAgo, "a")).Cancelling("a", "lost"));
        HeldLease[] held = [new(TestJob.IdText("a"), TestJob.Token("lost"), Crashes: 0)];

        (await SendAsync()).Held.Should().Equal(held);
        (await SendAsync()).Held.Should().Equal(held);

        (await Store.LookAsync()).Find("crashes").Should().BeNull("it will not run again");
    }

    [Fact]
    public async Task Recover_remembers_when_a_worker_was_lost()
    {
        await Store.SeedAsync(static seed => seed.SilentWorker("a").SilentWorker("b").Worker("live").SortedSet("lost", "old", TimeSpan.FromHours(-1)));

        (await Store.ChangesOfAsync(() => SendAsync())).Should().Contain("lost zset: now-1h old, now a, now b");
    }

    [Fact]
    public async Task Recover_counts_each_of_many_jobs_once_however_a_scan_meets_them()
    {
        var names = Enumerable.Range(0, 600).Select(static number => $"{number:0000}").ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Running(name, name[3] < '5' ? "lost" : "live")));
        await Store.SeedAsync(seed => seed.Worker("live").SilentWorker("lost").Text("worker:lost", Snapshot(TestJob.LongAgo, "x"))
            .Hash("crashes", TestJob.IdText("0002"), $"2|{TestJob.LongAgo}").Cancelling("0001", "lost").Text("worker:live", Snapshot(TestJob.LongAgo, "x")));

        var (cursor, handedBack, held) = ("0", 0, new HashSet<HeldLease>());
        do
        {
            var reply = await RecoverScript.RunAsync(Store.Shard, Lease, Lease, new CrashLimit(3, TimeSpan.MaxValue), cursor, count: 50, CancellationToken.None);
            (cursor, handedBack) = (reply.Cursor, handedBack + reply.HandedBack);
            held.UnionWith(reply.Held);
        }
        while (cursor != "0");

        handedBack.Should().Be(298);
        held.Should().BeEquivalentTo([new HeldLease(TestJob.IdText("0001"), TestJob.Token("lost"), 0), new HeldLease(TestJob.IdText("0002"), TestJob.Token("lost"), 3)]);
        var crashes = (await Store.LookAsync()).Find("crashes")!.Items;
        crashes.Should().HaveCount(299);
        crashes.Count(static crash => crash.Contains("=1|", StringComparison.Ordinal)).Should().Be(298);
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    /// <summary>A worker's last snapshot, with the jobs that it says are running.</summary>
    private static string Snapshot(long previousBeat, params string[] started)
        => $$"""{"id":"lost","started_at":1,"previous_beat":{{previousBeat}},"jobs":[{{string.Join(',', started.Select(static name => $$"""{"id":"{{TestJob.IdText(name)}}"}"""))}}]}""";

    /// <summary>The job <c>a</c> of a worker that is about to be declared lost, with the crashes that it has caused before.</summary>
    private async Task SeedLostAsync(string? crashes = null, TimeSpan last = default, string mark = "", string line = TestJob.DefaultLine)
    {
        var at = await Store.NowAsync() + (long)last.TotalMilliseconds;
        await Store.SeedAsync(seed => seed.SilentWorker("lost").Text("worker:lost", Snapshot(TestJob.LongAgo, "a")).Running("a", "lost", line: line));
        if (crashes is not null)
        {
            await Store.SeedAsync(seed => seed.Hash("crashes", TestJob.IdText("a"), $"{crashes}{at}{mark}"));
        }
    }

    /// <summary>What is kept of a job's crashes, readable.</summary>
    private async Task<string> CrashesAsync(string name)
        => (await Store.LookAsync()).ToString().Split('\n')
            .Where(static line => line.StartsWith("crashes hash: ", StringComparison.Ordinal))
            .SelectMany(static line => line["crashes hash: ".Length..].Split(", "))
            .Where(field => field.StartsWith(name + "=", StringComparison.Ordinal))
            .Select(field => field[(name.Length + 1)..])
            .SingleOrDefault("");

    private Task<RecoverReply> SendAsync(int maxCrashes = 3)
        => RecoverScript.RunAsync(Store.Shard, Lease, Lease, new CrashLimit(maxCrashes, Window), "0", count: 1000, CancellationToken.None);
}
