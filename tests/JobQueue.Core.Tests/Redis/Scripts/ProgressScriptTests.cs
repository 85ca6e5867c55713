using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class ProgressScriptTests(TestServer server) : ScriptTest(server)
{
    private const string Half = """{"at":1700000000000,"fraction":0.5}""";

    private protected override string ScriptName => "progress";

    private protected override void Seed(StoreSeed seed) => seed.Running("a").Hash("progress", TestJob.IdText("a"), "{}").SortedSet("listeners", "l", TimeSpan.FromHours(1));

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, Half);

    [Fact]
    public async Task Progress_takes_the_place_of_what_was_stored_before()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Hash("progress", TestJob.IdText("a"), "{}"));

        var status = ScriptStatus.Stale;
        var changes = await Store.ChangesOfAsync(async () => status = await SendAsync(Store.Shard, Half));

        status.Should().Be(ScriptStatus.Applied);
        changes.Should().Equal("progress hash: a=" + Half);
    }

    [Theory]
    [InlineData("w", 2)]
    [InlineData("x", 1)]
    public async Task Progress_refuses_a_stale_lease(string worker, long fetchNumber)
    {
        await Store.SeedAsync(static seed => seed.Running("a").Hash("progress", TestJob.IdText("a"), "{}"));

        var status = ScriptStatus.Applied;
        var changes = await Store.ChangesOfAsync(
            async () => status = await ProgressScript.RunAsync(Store.Shard, TestJob.IdText("a"), TestJob.Token(worker, fetchNumber), "{}"u8.ToArray(), CancellationToken.None));

        status.Should().Be(ScriptStatus.Refused);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Progress_of_a_job_that_has_ended_is_refused()
    {
        await Store.SeedAsync(static seed => seed.Completed("a"));

        var changes = await Store.ChangesOfAsync(async () => (await SendAsync(Store.Shard, Half)).Should().Be(ScriptStatus.Refused));

        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Progress_is_told_to_those_who_listen_and_not_again_when_it_is_sent_again()
    {
        await Store.SeedAsync(Seed);

        var heard = await Publications.OfAsync(Store, async () =>
        {
            await SendAsync(Store.Shard, Half);
            (await SendAsync(Store.Shard, Half)).Should().Be(ScriptStatus.AlreadyApplied);
        });

        heard.Should().ContainSingle().Which.Should().MatchRegex("^events [0-9]{13};progress:a$");
    }

    [Fact]
    public async Task Progress_that_nobody_listens_to_is_told_to_nobody()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));

        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Half))).Should().BeEmpty();
    }

    private static Task<ScriptStatus> SendAsync(RedisShard shard, string progress)
        => ProgressScript.RunAsync(shard, TestJob.IdText("a"), TestJob.Token("w"), Encoding.UTF8.GetBytes(progress), CancellationToken.None);
}
