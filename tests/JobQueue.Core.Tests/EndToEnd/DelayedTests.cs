using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Jobs that wait for a time: when they start, and that a crowd of them holds nobody up.</summary>
public sealed class DelayedTests(TestServer server, ITestOutputHelper output) : StoreTest(server)
{
    private const int CrowdBatch = 5_000;
    private const int Callers = 4;

    /// <summary>Most jobs that one call promotes.</summary>
    private const int MostAtOnce = 500;

    /// <summary>Who calls one after the other is to have a turn at least every so many promotions.</summary>
    private const int MostWithoutATurn = 20;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(1_500);

    /// <summary>No measure of anything: a job that starts later than this was forgotten.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<string> _events = new();

    /// <summary>A hundred thousand; fewer on Garnet, whose scripts take five times as long.</summary>
    private int Crowd => Server.IsGarnet ? 20_000 : 100_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_delayed_job_starts_when_its_time_has_come_and_not_before(bool byTime)
    {
        await using var host = await StartAsync();
        var before = await Store.NowAsync();
        DateTimeOffset? time = byTime ? DateTimeOffset.FromUnixTimeMilliseconds(before) + Delay : null;
        var id = await host.Jobs.EnqueueAsync("echo", new Numbered(1), job => (job.ScheduledAt, job.Delay) = (time, byTime ? null : Delay));
        var after = await Store.NowAsync();

        await host.Jobs.WaitForResultAsync<int>(id, Forgotten);

        var started = (await host.Jobs.GetAsync(id))!.Attempts.Should().ContainSingle().Which.StartedAt.ToUnixTimeMilliseconds();
        var (earliest, latest) = (before + (long)Delay.TotalMilliseconds, (byTime ? before : after) + (long)Delay.TotalMilliseconds);
        output.WriteLine($"It was due between {earliest} and {latest} and started at {started}, at most {started - earliest} ms late.");
        started.Should().BeInRange(earliest, latest + (long)Forgotten.TotalMilliseconds, "all times are the server's");
    }

    [Fact]
    public async Task A_hundred_thousand_jobs_due_together_are_promoted_by_bounded_calls_between_which_others_have_their_turn()
    {
        await using var client = await TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
        var crowd = await EnqueueCrowdAsync(client);
        await ListenAsync();
        await Store.Database.ExecuteAsync("ZUNIONSTORE", Store.Key("scheduled"), 1, Store.Key("scheduled"), "WEIGHTS", 0); // All are due at once.
        var calls = Enumerable.Range(0, Callers).Select(_ => CallUntilPromotedAsync(client)).ToArray();

        await using var host = await StartAsync();
        var others = (await Task.WhenAll(calls)).SelectMany(static ids => ids).ToList();
        await Eventually.HoldsAsync(() => Moved("pending").SelectMany(static ids => ids).Intersect(crowd).Count() == crowd.Count, "every promotion was heard of");

        var promotions = Moved("pending").Where(ids => crowd.Contains(ids[0])).ToList();
        promotions.Should().OnlyContain(static ids => ids.Length <= MostAtOnce, "a call moves at most so many");
        promotions.SelectMany(static ids => ids).Should().OnlyHaveUniqueItems("each is promoted once").And.HaveCount(crowd.Count);
        var (enqueued, completed) = (CountMeanwhile(crowd, "pending"), CountMeanwhile(crowd, "completed"));
        output.WriteLine($"{promotions.Count} promotions; meanwhile {enqueued} other jobs were enqueued, and {completed} completed.");
        enqueued.Should().BeGreaterThanOrEqualTo(promotions.Count / MostWithoutATurn, "who enqueues has a turn between two promotions");
        completed.Should().BePositive("so have those who fetch and complete");
        await Eventually.HoldsAsync(async () => (await client.Monitor.GetCountsAsync()).TotalCompleted == others.Count, "the others complete");
    }

    /// <summary>A worker that serves the queue of the others, and none else.</summary>
    private Task<TestHost> StartAsync() => TestHost.StartAsync(
        Server,
        static jobs => jobs.AddJobHandler<Numbered, int>("echo", static (args, _, _) => Task.FromResult(args.Number)),
        options =>
        {
            options.KeyPrefix = Store.Prefix;
            options.Queues.Add("default");
        });

    private async Task<HashSet<string>> EnqueueCrowdAsync(TestHost client)
    {
        var ids = new HashSet<string>();
        while (ids.Count < Crowd)
        {
            var batch = await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, CrowdBatch).Select(
                static _ => new JobRequest("echo", new Numbered(0)) { Options = { Queue = "crowd", Delay = TimeSpan.FromHours(1) } }).ToList());
            ids.UnionWith(batch.Select(static id => id.ToString()));
        }

        return ids;
    }

    /// <summary>Each script that moves jobs publishes one message, in the order in which the server executes them.</summary>
    private async Task ListenAsync()
    {
        await Store.Database.SortedSetAddAsync(Store.Key("listeners"), "test", await Store.NowAsync() + TimeSpan.FromHours(1).TotalMilliseconds);
        await Store.Connection.GetSubscriber().SubscribeAsync(
            new RedisChannel(Store.Root + ":events", RedisChannel.PatternMode.Literal), (_, message) => _events.Enqueue(message.ToString()));
    }

    private async Task<List<JobId>> CallUntilPromotedAsync(TestHost client)
    {
        var ids = new List<JobId>();
        while (await Store.Database.SortedSetLengthAsync(Store.Key("scheduled")) > 0)
        {
            ids.Add(await client.Jobs.EnqueueAsync("echo", new Numbered(1)));
        }

        return ids;
    }

    /// <summary>The ids that each message says have come to a state.</summary>
    private IEnumerable<string[]> Moved(string state) => _events.SelectMany(static message => message.Split(';'))
        .Where(part => part.StartsWith(state + ':', StringComparison.Ordinal))
        .Select(part => part[(state.Length + 1)..].Split(','));

    /// <summary>How many others came to a state between the first and the last promotion.</summary>
    private int CountMeanwhile(HashSet<string> crowd, string state)
    {
        var messages = _events.Select(static message => message.Split(';')).ToList();
        bool IsPromotion(string[] parts) => parts.Any(part => part.StartsWith("pending:", StringComparison.Ordinal) && crowd.Contains(part["pending:".Length..].Split(',')[0]));
        var (first, last) = (messages.FindIndex(IsPromotion), messages.FindLastIndex(IsPromotion));
        return messages.GetRange(first, last - first).Where(parts => !IsPromotion(parts))
            .SelectMany(static parts => parts)
            .Where(part => part.StartsWith(state + ':', StringComparison.Ordinal))
            .Sum(static part => part.Split(',').Length);
    }
}
