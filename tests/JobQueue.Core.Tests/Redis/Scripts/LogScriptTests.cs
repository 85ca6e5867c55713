using System.Globalization;
using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

public sealed class LogScriptTests(TestServer server) : ScriptTest(server)
{
    private const string Mark = "w|1|1700000000000|";

    private protected override string ScriptName => "log";

    private protected override void Seed(StoreSeed seed) => seed.Running("a");

    private protected override Task CallAsync(RedisShard shard) => SendAsync(shard, 1, "1|x", "2|y");

    [Fact]
    public async Task Log_appends_lines_after_those_that_are_there()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));

        (await SendAsync(Store.Shard, 1, "1|x", "2|y")).Should().Be(ScriptStatus.Applied);
        var changes = await Store.ChangesOfAsync(async () => (await SendAsync(Store.Shard, 2, "2|y")).Should().Be(ScriptStatus.Applied));

        changes.Should().Equal($"job:a:log list: {Mark}2, 1|x, 2|y, 2|y");
        (await ReadAsync("a")).Should().Equal("1|x", "2|y", "2|y");
    }

    [Fact]
    public async Task Log_enters_a_job_with_its_first_lines_in_the_index()
    {
        await Store.SeedAsync(Seed);

        var changes = await Store.ChangesOfAsync(() => SendAsync(Store.Shard, 1, "1|x"));

        changes.Should().Equal("attached hash: a=1", $"job:a:log list: {Mark}1, 1|x");
    }

    [Fact]
    public async Task Log_adds_nothing_for_a_call_that_was_sent_before_and_carried_out_late()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));
        await SendAsync(Store.Shard, 1, "1|x");
        await SendAsync(Store.Shard, 2, "2|y");

        var changes = await Store.ChangesOfAsync(async () => (await SendAsync(Store.Shard, 1, "1|x")).Should().Be(ScriptStatus.AlreadyApplied));

        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Log_of_another_attempt_counts_its_calls_anew()
    {
        await Store.SeedAsync(static seed => seed.Running("a"));
        await SendAsync(Store.Shard, 7, "1|x");
        await Store.SeedAsync(static seed => seed.Running("a", "w", 2));

        var status = await LogScript.RunAsync(Store.Shard, TestJob.IdText("a"), TestJob.Token("w", 2), 1, ["2|y"u8.ToArray()], CancellationToken.None);

        status.Should().Be(ScriptStatus.Applied);
        (await ReadAsync("a")).Should().Equal("1|x", "2|y");
    }

    [Theory]
    [InlineData(200)]
    [InlineData(1)]
    public async Task Log_keeps_the_newest_lines(int perCall)
    {
        await Store.SeedAsync(static seed => seed.Running("a"));
        var lines = Enumerable.Range(0, 600).Select(static number => number.ToString(CultureInfo.InvariantCulture) + "|line").ToArray();

        var call = 0;
        foreach (var part in lines.Chunk(perCall))
        {
            await SendAsync(Store.Shard, ++call, part);
        }

        (await ReadAsync("a")).Should().Equal(lines[^200..]);
        (await Store.Database.ListLengthAsync(Store.Key($"job:{TestJob.IdText("a")}:log"))).Should().Be(201);
    }

    [Theory]
    [InlineData("w", 2)]
    [InlineData("x", 1)]
    public async Task Log_refuses_a_stale_lease(string worker, long fetchNumber)
    {
        await Store.SeedAsync(static seed => seed.Running("a"));

        var changes = await Store.ChangesOfAsync(async () => (await LogScript.RunAsync(
            Store.Shard, TestJob.IdText("a"), TestJob.Token(worker, fetchNumber), 1, ["1|x"u8.ToArray()], CancellationToken.None)).Should().Be(ScriptStatus.Refused));

        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Log_under_a_key_of_another_type_stops_and_leaves_the_job_alone()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Hash($"job:{TestJob.IdText("a")}:log", "f", "v"));

        var changes = await Store.ChangesOfAsync(() => FluentActions.Awaiting(() => SendAsync(Store.Shard, 1, "1|x")).Should().ThrowAsync<StackExchange.Redis.RedisServerException>());

        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task A_log_of_an_unknown_job_is_empty() => (await ReadAsync("x")).Should().BeEmpty();

    private static Task<ScriptStatus> SendAsync(RedisShard shard, long number, params string[] lines)
        => LogScript.RunAsync(shard, TestJob.IdText("a"), TestJob.Token("w"), number, [.. lines.Select(Encoding.UTF8.GetBytes)], CancellationToken.None);

    private Task<string[]> ReadAsync(string name) => ReadLogScript.RunAsync(Store.Shard, TestJob.Id(name), CancellationToken.None);
}
