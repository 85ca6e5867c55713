using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class ClearDeadScriptTests(TestServer server) : ScriptTest(server)
{
    private const string Mail = "00000000000000aa";
    private const string Video = "00000000000000bb";

    private protected override string ScriptName => "clear_dead";

    private protected override IReadOnlyCollection<string> Removed => ["a", "b"];

    private protected override void Seed(StoreSeed seed) => seed
        .Dead("a", fingerprint: Mail).Dead("b", fingerprint: Video).Traces("a").Traces("c").Pending("c").Running("d")
        .Text("job:" + TestJob.IdText("a") + ":log", "line").Hash("job:" + TestJob.IdText("a") + ":steps", "s", 1).Attached("a").Attached("c")
        .SortedSet("listeners", "l", TimeSpan.FromHours(1));

    private protected override Task CallAsync(RedisShard shard) => ClearDeadScript.RunAsync(shard, fingerprint: null, until: null, CancellationToken.None);

    [Fact]
    public async Task Clear_dead_removes_the_jobs_of_a_group_with_everything_kept_for_them()
    {
        await Store.SeedAsync(Seed);
        await Store.SeedAsync(static seed => seed.Dead("e"));

        (long Now, string[] Removed, long Remaining) reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await ClearDeadScript.RunAsync(Store.Shard, Mail, until: null, default));

        reply.Removed.Should().Equal(TestJob.IdText("a"));
        reply.Remaining.Should().Be(0);
        changes.Should().Equal(
            "attached hash: c=1",
            "crashes hash: c=1",
            "dead zset: now b, now e",
            $"dead:{Mail} gone",
            $$"""dead:groups hash: {{Video}}={"handler":"work","error":"{{Video}}"}""",
            "job:a gone",
            "job:a:log gone",
            "job:a:steps gone",
            "progress hash: c=50",
            "stats hash: deleted=1");
    }

    [Fact]
    public async Task Clear_dead_leaves_what_died_later()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", TimeSpan.FromHours(2)).Dead("b", TimeSpan.FromHours(1)).Dead("c"));
        var until = await Store.NowAsync() - (long)TimeSpan.FromMinutes(90).TotalMilliseconds;

        var reply = await ClearDeadScript.RunAsync(Store.Shard, fingerprint: null, until, default);

        reply.Removed.Should().Equal(TestJob.IdText("a"));
        reply.Remaining.Should().Be(0);
        (await Store.Database.SortedSetLengthAsync(Store.Key("dead"))).Should().Be(2);
    }

    [Fact]
    public async Task Clear_dead_removes_500_a_call_and_says_what_is_left()
    {
        var names = Enumerable.Range(0, 600).Select(static n => n.ToString("D4", null)).ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Dead(name, fingerprint: Mail).Attached(name)));

        var first = await ClearDeadScript.RunAsync(Store.Shard, Mail, until: null, default);
        var second = await ClearDeadScript.RunAsync(Store.Shard, Mail, first.Now, default);

        (first.Removed.Length, first.Remaining, second.Removed.Length, second.Remaining).Should().Be((500, 100, 100, 0));
        (await Store.LookAsync()).Keys.Select(static key => key.Name).Should().BeEquivalentTo("meta", "queues", "stats");
    }

    [Fact]
    public async Task Clear_dead_removes_records_that_are_gone_or_of_another_type()
    {
        await Store.SeedAsync(static seed => seed.Dead("a").Dead("b"));
        await Store.Database.KeyDeleteAsync([Store.Key("job:" + TestJob.IdText("a")), Store.Key("job:" + TestJob.IdText("b"))]);
        await Store.SeedAsync(static seed => seed.Hash("job:" + TestJob.IdText("b"), "f", "v"));

        (await ClearDeadScript.RunAsync(Store.Shard, fingerprint: null, until: null, default)).Removed.Should().HaveCount(2);
        (await Store.LookAsync()).Keys.Select(static key => key.Name).Should().BeEquivalentTo("meta", "queues", "stats");
    }

    [Fact]
    public async Task Clear_dead_takes_only_the_entry_of_a_job_that_runs_or_has_left_the_dead()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", fingerprint: Mail).Dead("b", fingerprint: Mail));
        await Store.SeedAsync(static seed => seed.Running("a").Pending("b"));
        await Store.Database.SortedSetRemoveAsync(Store.Key("dead"), TestJob.IdText("b"));

        var reply = await ClearDeadScript.RunAsync(Store.Shard, Mail, until: null, default);

        reply.Removed.Should().BeEmpty();
        reply.Remaining.Should().Be(0);
        var after = await Store.LookAsync();
        Homes.EveryIdHasAHome(after);
        after.Find("dead").Should().BeNull();
        after.Find("dead:groups").Should().BeNull();
        after.Find("job:" + TestJob.IdText("a")).Should().NotBeNull();
    }

    [Fact]
    public async Task Clear_dead_tells_listeners()
    {
        await Store.SeedAsync(Seed);

        (await Publications.OfAsync(Store, () => CallAsync(Store.Shard))).Should().ContainSingle().Which.Should().MatchRegex("^events [0-9]+;deleted:a,b$");
    }
}
