using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class ResumeScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "resume";

    private protected override void Seed(StoreSeed seed) => seed.PendingIn("low|mail", "a").Paused("mail").Paused("video").Idle("w");

    private protected override Task CallAsync(RedisShard shard) => ResumeScript.RunAsync(shard, "mail", CancellationToken.None);

    [Fact]
    public async Task Resume_answers_whether_it_changed_something_and_wakes_a_worker()
    {
        await Store.SeedAsync(Seed);

        bool? changed = null;
        (await Publications.OfAsync(Store, async () => changed = await ResumeScript.RunAsync(Store.Shard, "mail", CancellationToken.None))).Should().Equal("wake:w 1");

        changed.Should().BeTrue();
        (await Store.LookAsync()).Find("paused")!.Items.Should().Equal("video");
        (await ResumeScript.RunAsync(Store.Shard, "mail", CancellationToken.None)).Should().BeFalse();
    }

    [Fact]
    public async Task Resume_of_an_empty_queue_wakes_nobody()
    {
        await Store.SeedAsync(static seed => seed.PendingIn("low|video", "a").Paused("mail").Idle("w"));

        (await Publications.OfAsync(Store, () => CallAsync(Store.Shard))).Should().BeEmpty();
    }

    [Fact]
    public async Task Resume_of_a_queue_that_is_not_paused_changes_nothing()
    {
        await Store.SeedAsync(static seed => seed.PendingIn("low|mail", "a").Idle("w"));

        (await Store.ChangesOfAsync(() => CallAsync(Store.Shard))).Should().BeEmpty();
    }
}
