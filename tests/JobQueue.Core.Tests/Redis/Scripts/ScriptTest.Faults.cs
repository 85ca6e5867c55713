using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>Every script over a network that fails: the effect is that of one call that nothing happened to.</summary>
public abstract partial class ScriptTest
{
    /// <summary>The script's name, for the list of those that have these tests.</summary>
    internal string Script => ScriptName;

    [Fact]
    public async Task A_lost_reply_and_the_call_sent_again_have_the_effect_of_one_call()
    {
        var clean = await CleanAsync();
        await Store.SeedAsync(Seed);
        await using var run = await FaultRun.BeginAsync(Server, Store, ScriptName);

        await run.LoseReplyAsync(CallAsync);
        await run.ResendAsync(CallAsync);

        await ShouldBeAsync(clean);
    }

    [Fact]
    public async Task A_call_that_is_executed_after_its_time_limit_has_the_effect_of_one_call()
    {
        var clean = await CleanAsync();
        await Store.SeedAsync(Seed);
        await using var run = await FaultRun.BeginAsync(Server, Store, ScriptName);
        var before = await Store.LookAsync();
        var arriveAsync = await run.DelayAsync(CallAsync);
        (await Store.LookAsync()).ChangesFrom(before).Should().BeEmpty("the call has not arrived");

        await arriveAsync();
        await run.ResendAsync(CallAsync);

        await ShouldBeAsync(clean);
    }

    [Fact]
    public async Task A_call_that_is_executed_after_its_repeat_has_the_effect_of_one_call()
    {
        var clean = await CleanAsync();
        await Store.SeedAsync(Seed);
        await using var run = await FaultRun.BeginAsync(Server, Store, ScriptName);

        var arriveAsync = await run.DelayAsync(CallAsync);
        await CallAsync(Store.Shard);
        await arriveAsync();

        await ShouldBeAsync(clean);
    }

    [Fact]
    public async Task A_call_sent_again_after_its_jobs_have_moved_on_moves_none_of_them()
    {
        await Store.SeedAsync(Seed);
        await using var run = await FaultRun.BeginAsync(Server, Store, ScriptName);
        await run.LoseReplyAsync(CallAsync);
        await Store.EveryJobMovesOnAsync();
        var before = await Store.LookAsync();

        await run.ResendAsync(CallAsync);

        await MovesNothingAsync(before);
    }

    [Fact]
    public async Task A_call_that_is_executed_after_its_jobs_have_moved_on_moves_none_of_them()
    {
        await Store.SeedAsync(Seed);
        await using var run = await FaultRun.BeginAsync(Server, Store, ScriptName);
        var arriveAsync = await run.DelayAsync(CallAsync);
        await CallAsync(Store.Shard);
        await Store.EveryJobMovesOnAsync();
        var before = await Store.LookAsync();

        await arriveAsync();

        await MovesNothingAsync(before);
    }

    /// <summary>What the script may write of its own where its jobs have moved on: names of keys that hold no job.</summary>
    private protected virtual IReadOnlyCollection<string> WrittenAgain => [];

    private async Task<string> CleanAsync()
    {
        await using var store = await Store.OpenAsync(Server);
        await store.SeedAsync(Seed);
        await CallAsync(store.Shard);
        return (await store.LookAsync()).ToString();
    }

    private async Task ShouldBeAsync(string clean)
    {
        var keyspace = await Store.LookAsync();
        keyspace.ToString().Should().Be(clean);
        Homes.EveryIdHasAHome(keyspace);
    }

    private async Task MovesNothingAsync(Keyspace before)
    {
        var after = await Store.LookAsync();
        if (RepeatMovesTimes)
        {
            after.ToString().Should().Be(before.ToString());
            return;
        }

        after.ChangesFrom(before).Where(change => !WrittenAgain.Contains(change.Split(' ')[0])).Should().BeEmpty();
    }
}
