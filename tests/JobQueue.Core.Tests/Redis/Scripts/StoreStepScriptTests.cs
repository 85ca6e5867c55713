using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class StoreStepScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "store_step";

    private protected override void Seed(StoreSeed seed) => seed.Running("a").Hash($"job:{TestJob.IdText("a")}:steps", "first", "1").Attached("a");

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, "second", "2");

    [Fact]
    public async Task Store_step_keeps_a_result_beside_the_others()
    {
        await Store.SeedAsync(Seed);

        var changes = await Store.ChangesOfAsync(async () => (await SendAsync(Store.Shard, "second", "[2]")).Should().Be((ScriptStatus.Applied, "[2]")));

        changes.Should().Equal("job:a:steps hash: first=1, second=[2]");
    }

    [Fact]
    public async Task Store_step_enters_a_job_with_its_first_result_in_the_index()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, "first", "1"));

        changes.Should().Equal("attached hash: a=1", "job:a:steps hash: first=1");
    }

    [Fact]
    public async Task Store_step_lets_the_first_result_stand_and_answers_it()
    {
        await Store.SeedAsync(Seed);

        var changes = await Store.ChangesOfAsync(async () => (await SendAsync(Store.Shard, "first", "2")).Should().Be((ScriptStatus.AlreadyApplied, "1")));

        changes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("w", 2)]
    [InlineData("x", 1)]
    public async Task Store_step_refuses_a_stale_lease(string worker, long fetchNumber)
    {
        await Store.SeedAsync(Seed);

        var changes = await Store.ChangesOfAsync(async () => (await StoreStepScript.RunAsync(
            Store.Shard, TestJob.IdText("a"), TestJob.Token(worker, fetchNumber), "second", "2"u8.ToArray(), CancellationToken.None)).Should().Be((ScriptStatus.Refused, (byte[]?)null)));

        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Read_steps_answers_every_result_byte_for_byte()
    {
        await Store.SeedAsync(Seed);
        await SendAsync(Store.Shard, "second", """{"n":1234567890123456789,"list":[],"text":"ä\n"}""");

        var steps = await ReadStepsScript.RunAsync(Store.Shard, TestJob.IdText("a"), TestJob.Token("w"), CancellationToken.None);

        steps!.ToDictionary(static step => step.Key, static step => Encoding.UTF8.GetString(step.Value)).Should().BeEquivalentTo(
            new Dictionary<string, string> { ["first"] = "1", ["second"] = """{"n":1234567890123456789,"list":[],"text":"ä\n"}""" });
    }

    [Fact]
    public async Task Read_steps_of_a_job_without_any_is_empty_and_changes_nothing()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));

        var changes = await Store.ChangesOfAsync(
            async () => (await ReadStepsScript.RunAsync(Store.Shard, TestJob.IdText("a"), TestJob.Token("w"), CancellationToken.None)).Should().BeEmpty());

        changes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("w", 2)]
    [InlineData("x", 1)]
    public async Task Read_steps_refuses_a_stale_lease(string worker, long fetchNumber)
    {
        await Store.SeedAsync(Seed);

        (await ReadStepsScript.RunAsync(Store.Shard, TestJob.IdText("a"), TestJob.Token(worker, fetchNumber), CancellationToken.None)).Should().BeNull();
    }

    private static async Task<(ScriptStatus Status, string? Stands)> SendAsync(RedisShard shard, string step, string result)
    {
        var (status, stands) = await StoreStepScript.RunAsync(
            shard, TestJob.IdText("a"), TestJob.Token("w"), step, Encoding.UTF8.GetBytes(result), CancellationToken.None);
        return (status, stands is null ? null : Encoding.UTF8.GetString(stands));
    }
}
