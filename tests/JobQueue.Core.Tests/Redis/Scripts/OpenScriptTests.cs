using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class OpenScriptTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Open_creates_meta_with_the_schema_version()
    {
        await Store.Database.KeyDeleteAsync(Store.Key("meta"));

        (await Store.ChangesOfAsync(() => OpenScript.RunAsync(Store.Shard, 7, default))).Should().Equal("meta hash: schema=7");
        (await Store.ChangesOfAsync(() => OpenScript.RunAsync(Store.Shard, 7, default))).Should().BeEmpty();
    }

    [Fact]
    public async Task Open_answers_a_version_that_is_there_and_never_changes_it()
    {
        await Store.SeedAsync(static seed => seed.Hash("meta", "schema", "9"));

        (long, string Schema, string) found = default;
        var changes = await Store.ChangesOfAsync(async () => found = await OpenScript.RunAsync(Store.Shard, 1, default));

        found.Schema.Should().Be("9");
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Open_answers_the_eviction_policy_where_the_server_says_it()
    {
        var (_, _, policy) = await OpenScript.RunAsync(Store.Shard, 1, default);

        policy.Should().Be(Server.IsGarnet ? "" : "noeviction");
    }
}
