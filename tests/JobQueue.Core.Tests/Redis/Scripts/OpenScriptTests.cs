using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class OpenScriptTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Open_creates_meta_with_the_schema_version()
    {
        await Store.Database.KeyDeleteAsync(Store.Key("meta"));

        (await Store.ChangesOfAsync(() => OpenScript.RunAsync(Store.Shard, 7, shards: 1, default))).Should().Equal("meta hash: schema=7");
        (await Store.ChangesOfAsync(() => OpenScript.RunAsync(Store.Shard, 7, shards: 1, default))).Should().BeEmpty();
    }

    [Fact]
    public async Task Open_answers_a_version_that_is_there_and_never_changes_it()
    {
        await Store.SeedAsync(static seed => seed.Hash("meta", "schema", "9"));

        OpenReply found = default;
        var changes = await Store.ChangesOfAsync(async () => found = await OpenScript.RunAsync(Store.Shard, 1, shards: 1, default));

        found.Schema.Should().Be("9");
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Open_answers_the_eviction_policy_where_the_server_says_it()
    {
        var (_, _, policy, _) = await OpenScript.RunAsync(Store.Shard, 1, shards: 1, default);

        policy.Should().Be(Server.IsGarnet ? "" : "noeviction");
    }

    [Fact]
    public async Task Open_keeps_the_number_of_shards_which_never_falls()
    {
        await Store.SeedAsync(static seed => seed.Hash("meta", "schema", "1"));
        (await CountAsync(0)).Should().Be(1);
        (await Store.ChangesOfAsync(() => CountAsync(3))).Should().Equal("meta hash: schema=1, shards=3");
        (await Store.ChangesOfAsync(() => CountAsync(2))).Should().BeEmpty();
        (await CountAsync(2)).Should().Be(3);
        (await CountAsync(0)).Should().Be(3, "0 asks, and changes nothing");
        (await CountAsync(256)).Should().Be(256);

        async Task<int> CountAsync(int shards) => (await OpenScript.RunAsync(Store.Shard, 1, shards, default)).Shards;
    }
}
