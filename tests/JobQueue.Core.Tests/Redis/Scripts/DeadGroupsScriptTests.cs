using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class DeadGroupsScriptTests(TestServer server) : StoreTest(server)
{
    private const string Mail = "00000000000000aa";
    private const string Video = "00000000000000bb";

    [Fact]
    public async Task Dead_groups_answers_each_group_with_its_count_and_times()
    {
        await Store.SeedAsync(static seed => seed
            .Dead("a", TimeSpan.FromHours(3), fingerprint: Mail).Dead("b", TimeSpan.FromHours(1), fingerprint: Mail).Dead("c", fingerprint: Video).Dead("d"));

        var groups = await WalkAsync();

        groups.Keys.Should().BeEquivalentTo(Mail, Video);
        groups[Mail].Count.Should().Be(2);
        (groups[Mail].LastAt - groups[Mail].FirstAt).Should().Be((long)TimeSpan.FromHours(2).TotalMilliseconds);
        Encoding.UTF8.GetString(groups[Video].Description).Should().Be($$"""{"handler":"work","error":"{{Video}}"}""");
    }

    [Fact]
    public async Task Dead_groups_writes_nothing_and_leaves_out_empty_groups_and_those_of_another_type()
    {
        await Store.SeedAsync(static seed => seed
            .Dead("a", fingerprint: Mail).Hash("dead:groups", Video, "{}").Hash("dead:groups", "00000000000000cc", "{}").Text("dead:00000000000000cc", "another type"));

        IReadOnlyDictionary<string, StoredGroup> groups = new Dictionary<string, StoredGroup>();
        var changes = await Store.ChangesOfAsync(async () => groups = await WalkAsync());

        changes.Should().BeEmpty();
        groups.Keys.Should().Equal(Mail);
    }

    [Fact]
    public async Task Dead_groups_reads_more_groups_than_one_step_has()
    {
        var names = Enumerable.Range(0, 1_200).Select(static n => n.ToString("D4", null)).ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Dead(name, fingerprint: name.PadLeft(16, '0'))));

        (await WalkAsync()).Should().HaveCount(1_200).And.OnlyContain(static group => group.Value.Count == 1);
    }

    private async Task<IReadOnlyDictionary<string, StoredGroup>> WalkAsync()
    {
        var found = new Dictionary<string, StoredGroup>();
        var cursor = "0";
        do
        {
            (cursor, var groups) = await DeadGroupsScript.RunAsync(Store.Shard, cursor, CancellationToken.None);
            Array.ForEach(groups, group => found[group.Fingerprint] = group);
        }
        while (cursor != "0");

        return found;
    }
}
