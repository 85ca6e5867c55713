using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class RunNowScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "run_now";

    private protected override void Seed(StoreSeed seed) => CancelCall.SeedTimed(seed, "scheduled", "a", "b").Traces("a").Idle("x").Idle("y", "mail").Pending("c");

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard);

    [Theory]
    [InlineData("scheduled")]
    [InlineData("retrying")]
    public async Task Run_now_moves_a_job_to_its_list_and_leaves_its_record_and_marks_alone(string place)
    {
        await Store.SeedAsync(seed => CancelCall.SeedTimed(seed, place, "a", "b").Traces("a").PendingIn("high|mail", "c"));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await SendAsync(Store.Shard));

        status.Should().Be(ScriptStatus.Applied);
        changes.Should().Equal("queue:mail:high list: a, c", $"{place} zset: now+1h high|mail|b");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Run_now_puts_a_suspect_into_the_line_of_suspects()
    {
        await Store.SeedAsync(static seed => CancelCall.SeedTimed(seed, "scheduled", "a").Hash("crashes", TestJob.IdText("a"), $"2|{TestJob.LongAgo}|suspect"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard));

        changes.Should().Equal("queue:mail:suspect list: a", "ready set: suspect|mail", "scheduled gone");
    }

    [Fact]
    public async Task Run_now_leaves_a_job_alone_that_does_not_wait_for_its_time()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Scheduled("b", TimeSpan.FromHours(1)));

        ScriptStatus status = default;
        var changes = await Store.ChangesOfAsync(async () => status = await SendAsync(Store.Shard));

        status.Should().Be(ScriptStatus.Conflict);
        changes.Should().BeEmpty();
        (await RunNowScript.RunAsync(Store.Shard, TestJob.Id("x"), CancellationToken.None)).Should().Be(ScriptStatus.Conflict);
    }

    [Fact]
    public async Task Run_now_wakes_one_worker_and_tells_who_listens()
    {
        await Store.SeedAsync(static seed => CancelCall.SeedTimed(seed, "retrying", "a")
            .Idle("x").Idle("y", "mail").Idle("z", "mail").SortedSet("listeners", "l", TimeSpan.FromHours(1)));

        var published = await Publications.OfAsync(Store, () => SendAsync(Store.Shard));

        published.Should().HaveCount(2);
        published[0].Should().MatchRegex("^events [0-9]{13};pending:a$");
        published[1].Should().Be("wake:y 1");
    }

    private static Task<ScriptStatus> SendAsync(RedisShard shard) => RunNowScript.RunAsync(shard, TestJob.Id("a"), CancellationToken.None);
}
