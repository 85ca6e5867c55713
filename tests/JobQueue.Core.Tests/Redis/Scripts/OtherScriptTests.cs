using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>Scripts that have no <see cref="ScriptTest"/>, over the same network that fails; and that none is left out.</summary>
public sealed class OtherScriptTests(TestServer server) : StoreTest(server)
{
    public static TheoryData<string> Names => [.. OtherScripts.Calls.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_lost_reply_and_the_call_sent_again_have_the_effect_of_one_call(string script)
    {
        var clean = await CleanAsync(script);
        await SeedAsync(Store, script);
        await using var run = await FaultRun.BeginAsync(Server, Store, script);

        await run.LoseReplyAsync(OtherScripts.Calls[script]);
        await run.ResendAsync(OtherScripts.Calls[script]);

        (await Store.LookAsync()).ToString().Should().Be(clean);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_call_that_is_executed_after_its_time_limit_has_the_effect_of_one_call(string script)
    {
        var clean = await CleanAsync(script);
        await SeedAsync(Store, script);
        await using var run = await FaultRun.BeginAsync(Server, Store, script);

        var arriveAsync = await run.DelayAsync(OtherScripts.Calls[script]);
        await OtherScripts.Calls[script](Store.Shard);
        await arriveAsync();

        (await Store.LookAsync()).ToString().Should().Be(clean);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_call_sent_again_after_the_jobs_have_moved_on_changes_nothing(string script)
    {
        await SeedAsync(Store, script);
        await using var run = await FaultRun.BeginAsync(Server, Store, script);
        await run.LoseReplyAsync(OtherScripts.Calls[script]);
        await Store.EveryJobMovesOnAsync();
        var before = await Store.LookAsync();

        await run.ResendAsync(OtherScripts.Calls[script]);

        (await Store.LookAsync()).ChangesFrom(before).Should().BeEmpty();
    }

    [Fact]
    public void Every_script_is_sent_over_a_network_that_fails()
    {
        var tested = typeof(ScriptTest).Assembly.GetTypes()
            .Where(static type => type.IsSubclassOf(typeof(ScriptTest)) && !type.IsAbstract)
            .Select(static type => ((ScriptTest)Activator.CreateInstance(type, [null])!).Script)
            .Concat(OtherScripts.Calls.Keys);

        tested.Distinct().Should().BeEquivalentTo(RedisScripts.All.Select(static script => script.Name));
    }

    private async Task<string> CleanAsync(string script)
    {
        await using var store = await Store.OpenAsync(Server);
        await SeedAsync(store, script);
        await OtherScripts.Calls[script](store.Shard);
        return (await store.LookAsync()).ToString();
    }

    /// <summary>A store that was never opened before has no schema.</summary>
    private static async Task SeedAsync(Store store, string script)
    {
        await store.SeedAsync(OtherScripts.Seed);
        if (script == RedisScripts.Open.Name)
        {
            await store.Database.KeyDeleteAsync(store.Key("meta"));
        }
    }
}
