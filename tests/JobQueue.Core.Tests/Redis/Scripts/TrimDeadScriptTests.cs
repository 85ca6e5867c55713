using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class TrimDeadScriptTests(TestServer server) : ScriptTest(server)
{
    private const string Mail = "00000000000000aa";
    private const string Video = "00000000000000bb";

    private static readonly TimeSpan Ever = TimeSpan.FromDays(36_500);

    private protected override string ScriptName => "trim_dead";

    private protected override IReadOnlyCollection<string> Removed => ["b", "c"];

    private protected override void Seed(StoreSeed seed) => seed
        .Dead("a", Hours(5), fingerprint: Mail).Dead("b", Hours(4), fingerprint: Mail).Dead("c", Hours(3), fingerprint: Video).Dead("d", Hours(2)).Dead("e", Hours(1))
        .Waiter("a").Traces("b").Traces("x").Pending("x")
        .Text("job:" + TestJob.IdText("b") + ":log", "line").Hash("job:" + TestJob.IdText("b") + ":steps", "s", 1).Attached("b").Attached("x");

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, maxCount: 3);

    [Fact]
    public async Task Trim_dead_removes_the_oldest_beyond_the_count_with_everything_kept_for_them()
    {
        await Store.SeedAsync(Seed);

        DeadTrimmed reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(Store.Shard, maxCount: 3));

        reply.Should().Be(new DeadTrimmed(Removed: 2, PassedOver: 1, More: false, Count: 3));
        changes.Should().Equal(
            "attached hash: x=1",
            "crashes hash: x=1",
            "dead zset: now-5h a, now-2h d, now-1h e",
            $"dead:{Mail} zset: now-5h a",
            $"dead:{Video} gone",
            $$"""dead:groups hash: {{Mail}}={"handler":"work","error":"{{Mail}}"}""",
            "job:b gone",
            "job:b:log gone",
            "job:b:steps gone",
            "job:c gone",
            "progress hash: x=50",
            "stats hash: expired=2");
    }

    [Fact]
    public async Task Trim_dead_removes_what_is_older_than_the_age()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", Hours(3)).Dead("b", Hours(2)).Dead("c", Hours(1)));

        var reply = await SendAsync(Store.Shard, maxCount: 100, maxAge: TimeSpan.FromMinutes(90));

        reply.Should().Be(new DeadTrimmed(Removed: 2, PassedOver: 0, More: false, Count: 1));
    }

    [Fact]
    public async Task Trim_dead_leaves_a_set_alone_that_is_within_its_limits_and_says_how_many_there_are()
    {
        await Store.SeedAsync(Seed);

        DeadTrimmed reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await SendAsync(Store.Shard, maxCount: 5));

        reply.Should().Be(new DeadTrimmed(Removed: 0, PassedOver: 0, More: false, Count: 5));
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Trim_dead_passes_over_referenced_ones_and_ends()
    {
        var names = Enumerable.Range(0, 20).Select(static n => n.ToString("D4", null)).ToArray();
        await Store.SeedAsync(seed =>
        {
            Array.ForEach(names, name => seed.Dead(name, Hours(2)).Waiter(name));
            seed.Dead("free", Hours(1));
        });

        var first = await SendAsync(Store.Shard, maxCount: 0, limit: 10);
        var second = await SendAsync(Store.Shard, maxCount: 0, limit: 10, offset: 10);
        var third = await SendAsync(Store.Shard, maxCount: 0, limit: 10, offset: 20);

        first.Should().Be(new DeadTrimmed(Removed: 0, PassedOver: 10, More: true, Count: 21));
        second.Should().Be(new DeadTrimmed(Removed: 0, PassedOver: 10, More: true, Count: 21));
        third.Should().Be(new DeadTrimmed(Removed: 1, PassedOver: 0, More: false, Count: 20));
    }

    [Fact]
    public async Task Trim_dead_leaves_a_job_that_still_runs()
    {
        await Store.SeedAsync(static seed => seed.Dead("a").Hash("running", TestJob.IdText("a"), "w|1|1"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, maxCount: 0));

        changes.Should().BeEmpty();
    }

    private static Task<DeadTrimmed> SendAsync(RedisShard shard, int maxCount, TimeSpan? maxAge = null, int limit = TrimDeadScript.MaxLimit, int offset = 0)
        => TrimDeadScript.RunAsync(shard, maxCount, maxAge ?? Ever, limit, offset, CancellationToken.None);

    private static TimeSpan Hours(int hours) => TimeSpan.FromHours(hours);
}
