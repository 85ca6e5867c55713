using System.Text;
using JobQueue.Chaos.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Chaos.Tests.Hostile;

/// <summary>Records that somebody has damaged: each job that can't be run is a dead letter that says why.</summary>
public sealed class UnreadableRecordTests(AuditServer auditServer, ITestOutputHelper output) : HostileScenario(auditServer, output)
{
    private const int Huge = 50 << 20;
    private const int Marker = 1_234_567_891;

    private const string NoJson = "The record could not be read: the record is not valid JSON of this schema";
    private const string TooLarge = "The record could not be read: it is 52428800 bytes long, and no record of this library is longer than 8388608";
    private const string Empty = "The record could not be read: the record is empty, or its key holds another type than a string";

    /// <summary>What becomes of a good record, and how the reason begins that the dead letter gives.</summary>
    private static readonly (string Name, Func<string, byte[]> Damage, string Reason)[] Damages =
    [
        ("cut", static good => Utf8(good[..^9]), NoJson),
        ("empty", static _ => [], Empty),
        ("no text", static _ => [0xff, 0x00, 0x80, 0xfe], NoJson),
        ("an array", static _ => Utf8("[1,2,3]"), NoJson),
        ("a newer version", static good => Utf8(With(good, "\"v\":1", "\"v\":99")), "The record could not be read: its format version is 99, and this process reads 1"),
        ("no name", static good => Utf8(With(good, "\"name\":\"work\",", "")), "The record could not be read: its handler name is missing or not a valid name"),
        ("a hostile name", static good => Utf8(With(good, "\"name\":\"work\"", "\"name\":\"../{x}:0\\u0000\"")), "The record could not be read: its handler name is missing or not a valid name"),
        ("no such priority", static good => Utf8(With(good, "\"priority\":\"normal\"", "\"priority\":\"urgent\"")), "The record could not be read"),
        ("a hostile queue", static good => Utf8(With(good, "\"queue\":\"bad\"", "\"queue\":\"a|b:c}\"")), "The record could not be read"),
        ("a text for a number", static good => Utf8(With(good, "\"v\":1", "\"v\":1,\"retry_count\":\"many\"")), NoJson),
        ("a number without end", static good => Utf8(With(good, "\"v\":1", "\"v\":1,\"max_retries\":1e999")), NoJson),
        ("a tower", static good => Utf8(With(good, $"{Marker}", new string('[', 5_000) + new string(']', 5_000))), NoJson),
        ("50 MB of nothing", static _ => [.. Enumerable.Repeat((byte)'x', Huge)], TooLarge),
    ];

    [Fact]
    public async Task Each_job_whose_record_cant_be_read_is_a_dead_letter_with_the_reason_and_its_neighbours_complete()
    {
        await BeginFleetAsync();
        await using var flow = StartGoodJobs();
        var damaged = new Dictionary<JobId, (string Name, string Reason)>();
        foreach (var (name, damage, reason) in Damages)
        {
            var id = await EnqueueAsync(Marker);
            await Database.StringSetAsync(RecordOf(id), damage((await Database.StringGetAsync(RecordOf(id)))!));
            damaged.Add(id, (name, reason));
        }

        var list = await EnqueueAsync();
        await Database.KeyDeleteAsync(RecordOf(list));
        await Database.ListLeftPushAsync(RecordOf(list), "no record");
        damaged.Add(list, ("a list", Empty));

        var found = (await Monitor.VerifyAsync()).Violations;
        found.Where(static violation => violation.Kind is ViolationKind.RecordUnreadable or ViolationKind.WrongType).Select(static violation => violation.JobId)
            .Should().BeEquivalentTo(damaged.Keys.Select(static id => (JobId?)id), "each is named while it waits");

        await Monitor.ResumeAsync(Queue);
        foreach (var (id, (name, reason)) in damaged)
        {
            await StateIsAsync(id, JobState.Dead);
            (await Jobs.GetAsync(id))!.Reason.Should().StartWith(reason, "'{0}' is why", name);
        }

        await EndAsync(await flow.StopAsync(), mostLines: 40);
    }

    /// <summary>
    /// A record of 50 MB that is as it must be but for its size: the door refuses it, somebody has written it all the same. It is never sent, so no
    /// call is slow with it and no loop tells of an outage.
    /// </summary>
    [Fact]
    public async Task A_job_with_50_MB_of_arguments_is_a_dead_letter_that_says_so_and_delays_nobody()
    {
        await BeginFleetAsync();
        await using var flow = StartGoodJobs();
        var id = await EnqueueAsync(Marker);
        string record = (await Database.StringGetAsync(RecordOf(id)))!;
        await Database.StringSetAsync(RecordOf(id), With(record, $"{Marker}", '"' + new string('x', Huge) + '"'));

        await Monitor.ResumeAsync(Queue);

        await StateIsAsync(id, JobState.Dead);
        (await Jobs.GetAsync(id))!.Reason.Should().Contain("no record of this library is longer than 8388608");
        await EndAsync(await flow.StopAsync(), mostLines: 40);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A damage that finds nothing to damage would be a test of nothing.</summary>
    private static string With(string record, string from, string to)
    {
        record.Should().Contain(from);
        return record.Replace(from, to, StringComparison.Ordinal);
    }

    private RedisKey RecordOf(JobId id) => Keys.Key("job:" + id);
}
