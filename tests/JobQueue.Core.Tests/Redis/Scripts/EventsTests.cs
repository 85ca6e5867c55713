using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>Each script that moves jobs tells those who listen where they are now, in one message a batch.</summary>
public sealed class EventsTests(TestServer server) : StoreTest(server)
{
    private const string InAnHour = "+3600000";
    private static readonly TimeSpan Past = TimeSpan.FromHours(-1);

    private static readonly Dictionary<string, Move> Moves = new()
    {
        ["enqueue"] = new(
            static seed => seed,
            static shard => EnqueueAsync(shard, ("a", TestJob.DefaultLine, ""), ("b", "high|mail", ""), ("c", TestJob.DefaultLine, InAnHour), ("d", TestJob.DefaultLine, "")),
            "scheduled:c;pending:a,d;pending:b"),
        ["fetch"] = new(
            static seed => seed.Worker("w").Pending("a", "b").PendingIn("low|mail", "c"), static shard => new FetchCall { Limit = 2 }.SendAsync(shard), "running:a,b"),
        ["complete"] = new(static seed => seed.Running("a").Running("b").Running("c", "other"), static shard => CompleteAsync(shard, "a", "b", "c"), "completed:a,b"),
        ["settle"] = new(
            static seed => seed.Running("a").Running("b").Running("c").Running("d").Cancelling("e").Running("f", "other"),
            static shard => SettleCall.SendAsync(
                shard, SettleCall.Retry("a"), SettleCall.Schedule("b"), SettleCall.Dead("c"), SettleCall.Cancel("d"), SettleCall.Retry("e"), SettleCall.Dead("f")),
            "retrying:a;scheduled:b;failed:c;cancelled:d"),
        ["bury a dead job"] = new(static seed => seed.Running("a", "gone"), static shard => BuryScriptTests.SendAsync(shard, BuryScriptTests.Dead("a")), "failed:a"),
        ["bury a cancelled job"] = new(
            static seed => seed.Cancelling("a", "gone"),
            static shard => BuryScriptTests.SendAsync(shard, BuryScriptTests.Dead("a") with { Outcome = SettleOutcome.Cancelled }),
            "cancelled:a"),
        ["release"] = new(
            static seed => seed.Running("a").Running("b").Cancelling("c").Running("d", "other"),
            static shard => ReleaseScript.RunAsync(shard, [Back("a"), Back("b") with { DelayMs = SettleCall.Hour }, Back("c"), Back("d")], CancellationToken.None),
            "scheduled:b;pending:a"),
        ["reconcile"] = new(
            static seed => seed.Running("a").Cancelling("b").Running("c", "other"),
            static shard => ReconcileScript.RunAsync(shard, "w", 0, 1, "0", 1000, CancellationToken.None),
            "pending:a"),
        ["recover"] = new(
            static seed => seed.Worker("live").Running("a", "gone").Cancelling("b", "gone").Running("c", "live"),
            static shard => RecoverScript.RunAsync(shard, Hour, Hour, new CrashLimit(3, Hour), "0", 1000, CancellationToken.None),
            "pending:a"),
        ["promote"] = new(
            static seed => seed.Scheduled("a", Past).Retrying("b", Past).Scheduled("c", Past - Hour, "high|mail").Scheduled("d", Hour),
            static shard => PromoteScript.RunAsync(shard, 500, CancellationToken.None),
            "pending:c;pending:a,b"),
    };

    public static TheoryData<string> Names => [.. Moves.Keys];

    private static TimeSpan Hour => TimeSpan.FromHours(1);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_script_tells_those_who_listen_what_it_has_moved(string name)
        => (await HeardAsync(name, static seed => seed.SortedSet("listeners", "l", Hour).SortedSet("listeners", "old", Past)))
            .Should().ContainSingle().Which.Should().MatchRegex($"^events [0-9]{{13}};{Moves[name].Message}$");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_script_is_silent_when_nobody_listens_or_the_time_of_the_last_is_over(string name)
    {
        (await HeardAsync(name, static seed => seed)).Should().BeEmpty();
        (await HeardAsync(name, static seed => seed.SortedSet("listeners", "old", Past))).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_script_does_the_same_when_the_listeners_are_of_another_type(string name)
    {
        var expected = await ChangesAsync(name, static seed => seed);

        (await ChangesAsync(name, static seed => seed.Text("listeners", "wrong type"))).Should().Equal(expected);
    }

    [Fact]
    public async Task A_call_that_moves_nothing_tells_nothing()
    {
        await Store.SeedAsync(static seed => seed.SortedSet("listeners", "l", Hour).Worker("w").Completed("a").Cancelling("b").Running("c", "other"));

        var heard = await Publications.OfAsync(Store, async () =>
        {
            await EnqueueAsync(Store.Shard, ("a", TestJob.DefaultLine, ""));
            await new FetchCall().SendAsync(Store.Shard);
            await CompleteAsync(Store.Shard, "c");
            await SettleCall.SendAsync(Store.Shard, SettleCall.Retry("b"), SettleCall.Dead("c"));
            await ReleaseScript.RunAsync(Store.Shard, [Back("b")], CancellationToken.None);
            await ReconcileScript.RunAsync(Store.Shard, "w", 0, 1, "0", 1000, CancellationToken.None);
            await PromoteScript.RunAsync(Store.Shard, 500, CancellationToken.None);
        });

        heard.Should().BeEmpty();
    }

    /// <summary>What a move publishes for those who listen, in a store of its own.</summary>
    private async Task<IEnumerable<string>> HeardAsync(string name, Func<StoreSeed, StoreSeed> listeners)
    {
        await using var store = await Store.OpenAsync(Server);
        await store.SeedAsync(seed => Moves[name].Seed(listeners(seed)));
        var heard = await Publications.OfAsync(store, () => Moves[name].CallAsync(store.Shard));
        return heard.Where(static message => message.StartsWith("events ", StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<string>> ChangesAsync(string name, Func<StoreSeed, StoreSeed> listeners)
    {
        await using var store = await Store.OpenAsync(Server);
        await store.SeedAsync(seed => Moves[name].Seed(listeners(seed)));
        return await store.ChangesOfAsync(() => Moves[name].CallAsync(store.Shard));
    }

    private static Task EnqueueAsync(RedisShard shard, params (string Name, string Line, string Due)[] jobs)
        => EnqueueScript.RunAsync(
            shard,
            EnqueueScript.Arguments("p", 1, [.. jobs.Select(static job => TestJob.Item(job.Name, job.Line, job.Due, TestJob.Record(job.Name)))]),
            CancellationToken.None);

    private static Task CompleteAsync(RedisShard shard, params string[] names)
        => CompleteScript.RunAsync(
            shard,
            [.. names.Select(static name => new CompleteItem(TestJob.IdBytes(name), TestJob.Token("w"), TestJob.LongAgo, "work", "w3", "r5", Encoding.UTF8.GetBytes(name)))],
            CancellationToken.None);

    private static ReleaseItem Back(string name) => new(TestJob.IdText(name), TestJob.Token("w"), TestJob.DefaultLine, 0);

    /// <param name="Seed">The store before the call.</param>
    /// <param name="CallAsync">The call.</param>
    /// <param name="Message">What it tells, without the time.</param>
    private sealed record Move(Func<StoreSeed, StoreSeed> Seed, Func<RedisShard, Task> CallAsync, string Message);
}
