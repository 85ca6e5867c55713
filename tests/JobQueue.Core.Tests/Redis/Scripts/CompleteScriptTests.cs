using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class CompleteScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "complete";

    private protected override void Seed(StoreSeed seed) => seed
        .Worker("w").Running("a").Cancelling("b").Running("c", "other").Traces("a").Traces("c").Waiter("a");

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, Done("a"), Done("b"), Done("c"));

    [Fact]
    public async Task Complete_stores_the_records_and_ends_the_leases()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c"));

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(Store.Shard, Done("a"), Done("b")));

        statuses.Should().Equal(ScriptStatus.Applied, ScriptStatus.Applied);
        changes.Should().Equal(
            $"completed list: b|{TestJob.LongAgo}|9, a|{TestJob.LongAgo}|9",
            "job:a string: a is done",
            "job:b string: b is done",
            $"running hash: c={TestJob.Token("w")}",
            "stats hash: completed=2, completed_bytes=18");
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Complete_clears_what_was_kept_while_the_job_ran()
    {
        await Store.SeedAsync(static seed => seed.Cancelling("a").Traces("a").Cancelling("b").Traces("b"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, Done("a")));

        changes.Should().Contain("cancelling set: b").And.Contain("crashes hash: b=1").And.Contain("progress hash: b=50");
    }

    [Fact]
    public async Task Complete_refuses_a_stale_lease()
    {
        await Store.SeedAsync(static seed => seed.Running("a", "w", fetchNumber: 2));

        ScriptStatus[] statuses = [];
        var changes = await Store.ChangesOfAsync(async () => statuses = await SendAsync(Store.Shard, Done("a")));

        statuses.Should().Equal(ScriptStatus.Refused);
        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Complete_refuses_a_job_that_waits_again()
    {
        await Store.SeedAsync(static seed => seed.Pending("a"));

        (await SendAsync(Store.Shard, Done("a"))).Should().Equal(ScriptStatus.Refused);
    }

    [Fact]
    public async Task Complete_sent_again_answers_already_applied()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));
        await SendAsync(Store.Shard, Done("a"));

        (await SendAsync(Store.Shard, Done("a"))).Should().Equal(ScriptStatus.AlreadyApplied);
    }

    [Fact]
    public async Task Complete_of_a_job_that_is_gone_answers_already_applied()
        => (await SendAsync(Store.Shard, Done("a"))).Should().Equal(ScriptStatus.AlreadyApplied);

    [Fact]
    public async Task Complete_applies_what_it_may_of_a_batch()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b", "other").Running("c"));

        (await SendAsync(Store.Shard, Done("a"), Done("b"), Done("x"), Done("c")))
            .Should().Equal(ScriptStatus.Applied, ScriptStatus.Refused, ScriptStatus.AlreadyApplied, ScriptStatus.Applied);

        (await Store.LookAsync()).Find("stats")!.Items.Should().Contain("completed=2");
    }

    [Fact]
    public async Task Complete_takes_a_job_whose_record_is_of_another_type()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b", "other"));
        await Store.Database.KeyDeleteAsync([Store.Key("job:" + TestJob.IdText("a")), Store.Key("job:" + TestJob.IdText("b"))]);
        await Store.SeedAsync(static seed => seed.Hash("job:" + TestJob.IdText("a"), "f", "v").Hash("job:" + TestJob.IdText("b"), "f", "v"));

        (await SendAsync(Store.Shard, Done("a"), Done("b"))).Should().Equal(ScriptStatus.Applied, ScriptStatus.Refused);
    }

    [Fact]
    public async Task Complete_tells_those_who_wait_in_one_message()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Running("c").Waiter("a").Waiter("c").Waiter("z"));

        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Done("a"), Done("b"), Done("c")))).Should().Equal("finished a,c");
        (await Publications.OfAsync(Store, () => SendAsync(Store.Shard, Done("a")))).Should().BeEmpty("nothing was finished by the repeat");
    }

    [Fact]
    public async Task Complete_lists_each_job_with_the_time_that_was_sent_and_the_bytes_of_its_record()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Running("b").Hash("stats", "completed_bytes", 40));
        byte[] record = [.. Enumerable.Range(0, 256).Select(static value => (byte)value)];

        await SendAsync(Store.Shard, Done("a") with { FinishedAt = 1_700_000_000_005, Record = record }, Done("b") with { FinishedAt = 7, Record = [] });

        var keyspace = await Store.LookAsync();
        keyspace.Find("completed")!.Items.Should().Equal($"{TestJob.IdText("b")}|7|0", $"{TestJob.IdText("a")}|1700000000005|256");
        keyspace.Find("stats")!.Items.Should().Contain("completed_bytes=296");
        ((byte[])await Store.Database.StringGetAsync(Store.Key("job:" + TestJob.IdText("a")))).Should().Equal(record);
    }

    [Fact]
    public async Task Complete_takes_a_batch_of_500()
    {
        var names = Enumerable.Range(0, 500).Select(static number => $"{number:0000}").ToArray();
        await Store.SeedAsync(seed => Array.ForEach(names, name => seed.Running(name)));

        var statuses = await SendAsync(Store.Shard, [.. names.Select(Done)]);

        statuses.Should().AllBeEquivalentTo(ScriptStatus.Applied);
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    private static CompleteItem Done(string name) => new(TestJob.IdBytes(name), TestJob.Token("w"), TestJob.LongAgo, "work", "w3", "r5", Encoding.UTF8.GetBytes(name + " is done"));

    private static Task<ScriptStatus[]> SendAsync(RedisShard shard, params CompleteItem[] jobs) => CompleteScript.RunAsync(shard, jobs, CancellationToken.None);
}
