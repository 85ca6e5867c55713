using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>What a fetch leases, and what it refuses.</summary>
public sealed class FetchScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "fetch";

    private protected override void Seed(StoreSeed seed) => seed
        .Worker("w").Idle("w").Worker("x").Idle("x", "default")
        .PendingIn("high|mail", "a", "b").Tombstone("b", "high|mail")
        .PendingIn("normal|paused", "p").Paused("paused")
        .Pending("c", "d", "e");

    private protected override Task CallAsync(RedisShard shard) => (new FetchCall() { Limit = 2 }).SendAsync(shard);

    [Fact]
    public async Task Fetch_leases_waiting_jobs_with_their_records()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Pending("a", "b", "c"));

        FetchReply reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await (new FetchCall("w", 7) { Limit = 2 }).SendAsync(Store.Shard));

        reply.Status.Should().Be(ScriptStatus.Applied);
        Names(reply).Should().Equal("a", "b");
        reply.Records.Should().BeEquivalentTo([TestJob.Record("a"), TestJob.Record("b")]);
        var token = LeaseToken.Format("w", 7, reply.Now);
        (await Store.Database.HashGetAsync(Store.Key("running"), TestJob.IdText("a"))).Should().Be(token);
        changes.Should().Equal(
            "floors hash: w=7",
            "queue:default:normal list: c",
            "running hash: a=w|7|now, b=w|7|now");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Few_leases_are_found_by_their_hash_and_not_by_a_search()
    {
        Assert.SkipWhen(Server.IsGarnet, "Garnet does not pack small hashes, nor does it say how it keeps one.");
        await Store.SeedAsync(static seed => seed.Worker("w").Pending("a", "b"));

        await new FetchCall { Limit = 1 }.SendAsync(Store.Shard);

        var encoding = await Store.Database.ExecuteAsync("OBJECT", "ENCODING", Store.Key("running"));
        ((string?)encoding).Should().Be("hashtable");
        (await Store.Database.HashLengthAsync(Store.Key("running"))).Should().Be(1);
    }

    [Fact]
    public async Task Fetch_of_the_last_job_takes_its_list_out_of_the_ready_ones()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Pending("a").PendingIn("low|mail", "b"));

        var changes = await Store.ChangesOfAsync(() => new FetchCall { Queues = ["default"] }.SendAsync(Store.Shard));

        changes.Should().Contain("ready set: low|mail").And.Contain("queue:default:normal gone");
    }

    [Fact]
    public async Task Fetch_moves_records_byte_for_byte()
    {
        byte[] record = [.. Enumerable.Range(0, 256).Select(static value => (byte)value)];
        await Store.SeedAsync(seed => seed.Worker("w").Listed(TestJob.DefaultLine, "a").Text("job:" + TestJob.IdText("a"), record));

        (await new FetchCall().SendAsync(Store.Shard)).Records.Should().BeEquivalentTo([record]);
    }

    [Theory]
    [InlineData(7, ScriptStatus.Stale)]
    [InlineData(6, ScriptStatus.Stale)]
    [InlineData(8, ScriptStatus.Applied)]
    public async Task Fetch_refuses_a_number_at_or_below_the_floor(long number, object expected)
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Pending("a").Floor("w", 7));

        FetchReply reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await new FetchCall("w", number).SendAsync(Store.Shard));

        reply.Status.Should().Be((ScriptStatus)expected);
        changes.Any().Should().Be(reply.Status == ScriptStatus.Applied);
    }

    [Fact]
    public async Task Fetch_of_a_worker_that_is_not_live_is_lost()
    {
        await Store.SeedAsync(static seed => seed.Worker("other").Pending("a"));

        FetchReply reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await new FetchCall().SendAsync(Store.Shard));

        reply.Status.Should().Be(ScriptStatus.Lost);
        reply.Ids.Should().BeEmpty();
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Fetch_drops_a_tombstone_and_subtracts_it()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Pending("a", "b", "c", "d").Tombstone("a").Tombstone("d"));

        FetchReply reply = default;
        var changes = await Store.ChangesOfAsync(async () => reply = await new FetchCall { Limit = 2 }.SendAsync(Store.Shard));

        Names(reply).Should().Equal("b", "c");
        changes.Should().Contain("tombstones hash: d=normal|default").And.Contain("tombstones:count hash: normal|default=1");

        changes = await Store.ChangesOfAsync(() => new FetchCall("w", 2).SendAsync(Store.Shard));
        changes.Should().Contain("tombstones gone").And.Contain("tombstones:count gone");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fetch_leases_an_id_that_stands_twice_once(bool isFirstLease)
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Pending("a", "b", "c").Listed(TestJob.DefaultLine, "a", "c", "a").Listed("low|mail", "a"));
        if (!isFirstLease)
        {
            await Store.SeedAsync(static seed => seed.Running("r", "other"));
        }

        var reply = await new FetchCall().SendAsync(Store.Shard);

        Names(reply).Should().Equal("a", "b", "c");
        reply.Records.Should().BeEquivalentTo([TestJob.Record("a"), TestJob.Record("b"), TestJob.Record("c")], static options => options.WithStrictOrdering());
        reply.Taken.Should().Equal(new LeasedRun(TestJob.DefaultLine, 3));

        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Fetch_drops_an_id_that_is_running_already()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Running("a", "other").Listed(TestJob.DefaultLine, "a"));

        var changes = await Store.ChangesOfAsync(() => new FetchCall().SendAsync(Store.Shard));

        changes.Should().Equal("floors hash: w=1", "idle zset: now+1h w", "queue:default:normal gone", "ready gone");
    }

    [Fact]
    public async Task Fetch_drops_an_id_without_a_record()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Listed(TestJob.DefaultLine, "x").Pending("a"));

        Names(await new FetchCall().SendAsync(Store.Shard)).Should().Equal("a");

        (await Store.LookAsync()).Find("running")!.Items.Should().ContainSingle();
    }

    [Fact]
    public async Task Fetch_leases_a_job_whose_record_is_of_another_type_with_empty_bytes()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Listed(TestJob.DefaultLine, "a").Pending("b").Hash("job:" + TestJob.IdText("a"), "f", "v"));

        var reply = await new FetchCall().SendAsync(Store.Shard);

        Names(reply).Should().Equal("a", "b");
        reply.Records[0].Should().BeEmpty();
        reply.Records[1].Should().Equal(TestJob.Record("b"));
    }

    [Fact]
    public async Task Fetch_passes_over_a_list_of_another_type()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").PendingIn("low|mail", "a").Text("queue:broken:high", "x"));
        await Store.Database.SetAddAsync(Store.Key("ready"), "high|broken");

        Names(await new FetchCall().SendAsync(Store.Shard)).Should().Equal("a");
    }

    [Fact]
    public async Task Fetch_stops_past_4_MiB_and_leaves_the_rest_waiting()
    {
        var names = Enumerable.Range(0, 40).Select(static number => $"{number:0000}").ToArray();
        var record = Encoding.UTF8.GetBytes(new string('x', 300_000));
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Text("job:" + TestJob.IdText(name), record)));
        await Store.SeedAsync(seed => seed.Worker("w").Listed(TestJob.DefaultLine, names));

        var reply = await new FetchCall().SendAsync(Store.Shard);

        Names(reply).Should().Equal(names[..14]);
        (await Store.Database.ListLengthAsync(Store.Key("queue:default:normal"))).Should().Be(26);
        FetchScript.IsCutByBytes(reply).Should().BeTrue();
    }

    [Fact]
    public async Task Fetch_takes_500_jobs_in_order()
    {
        var names = Enumerable.Range(0, 510).Select(static number => $"{number:0000}").ToArray();
        await Store.SeedAsync(seed => seed.Worker("w").Pending(names));

        Names(await new FetchCall { Limit = 500 }.SendAsync(Store.Shard)).Should().Equal(names[..500]);

        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    private static IEnumerable<string> Names(FetchReply reply) => reply.Ids.Select(TestJob.Shorten);
}
