using JobQueue.Redis;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>The tools of the other tests, on the server that they run on.</summary>
public sealed class InfrastructureTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task A_seeded_store_gives_each_job_one_home_and_is_shown_by_names()
    {
        await Store.SeedAsync(static seed => seed
            .Pending("a", "b")
            .Scheduled("c", TimeSpan.FromHours(1))
            .Retrying("d", TimeSpan.FromHours(-2), "high|mail")
            .Running("e", "w", fetchNumber: 3)
            .Dead("f", TimeSpan.FromHours(5))
            .Completed("g")
            .Worker("w")
            .Idle("w"));

        var keyspace = await Store.LookAsync();

        Homes.EveryIdHasAHome(keyspace);
        keyspace.ToString().Split('\n').Where(static line => !line.StartsWith("job:", StringComparison.Ordinal)).Should().Equal(
            $"completed list: g|{TestJob.LongAgo}|{TestJob.Record("g", status: TerminalStatus.Completed).Length}",
            "dead zset: now-5h f",
            "idle zset: now+1h w",
            "meta hash: schema=1",
            "queue:default:normal list: b, a",
            "queues set: default, mail",
            "ready set: normal|default",
            "retrying zset: now-2h high|mail|d",
            $"running hash: e={TestJob.Token("w", 3)}",
            "scheduled zset: now+1h normal|default|c",
            "worker:w string: snapshot",
            "workers zset: now+1h w");
    }

    [Fact]
    public async Task Changes_name_each_key_that_differs()
    {
        await Store.SeedAsync(static seed => seed.Text("kept", "1").Text("changed", "1").Text("removed", "1"));
        var before = await Store.LookAsync();

        await Store.SeedAsync(static seed => seed.Text("changed", "2").Text("added", "1"));
        await Store.Database.KeyDeleteAsync(Store.Key("removed"));

        (await Store.LookAsync()).ChangesFrom(before).Should().Equal("added string: 1", "changed string: 2", "removed gone");
    }

    [Fact]
    public async Task A_job_without_a_home_is_found()
    {
        await Store.SeedAsync(static seed => seed.Pending("a", "b"));
        var before = await Store.LookAsync();

        await Store.Database.ListRightPopAsync(Store.Key("queue:default:normal"));
        var after = await Store.LookAsync();

        Homes.LostBetween(before, after).Should().Equal("a");
        FluentActions.Invoking(() => Homes.EveryIdHasAHome(after)).Should().Throw<Exception>().WithMessage("*a: *");
    }

    [Fact]
    public async Task Stores_do_not_see_each_other()
    {
        await using var other = await Store.OpenAsync(Server);
        await other.SeedAsync(static seed => seed.Pending("a"));

        (await Store.LookAsync()).Keys.Select(static key => key.Name).Should().Equal("meta");
    }

    [Fact]
    public async Task A_store_runs_scripts()
        => (await CountsScript.RunAsync(Store.Shard, CancellationToken.None)).Pending.Should().Be(0);
}
