using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Chaos.Tests.FailOvers;

/// <summary>
/// Servers that replicate, workers, and callers whose enqueues wait for a replica. Masters come and go; at the end every acknowledged job has
/// been done and the store has it.
/// </summary>
public abstract class FailOverScenario(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const int Fleet = 2;

    /// <summary>After this long workers and callers give a call up.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);

    private readonly List<double> _gaps = [];
    private readonly List<double> _gapsOfOthers = [];
    private readonly List<long> _breaks = [];
    private readonly List<double> _replacements = [];
    private readonly List<double> _idles = [];
    private ChaosClient? _client;
    private PatientCallers? _callers;

    /// <summary>How soon a silent master is replaced.</summary>
    private protected static TimeSpan DownAfter { get; } = TimeSpan.FromSeconds(2);

    /// <summary>The key that leads to a shard's master.</summary>
    private protected string RootOf(int shard) => new RedisKeys(Prefix, database: 0, (byte)shard).Root;

    private protected PatientCallers Callers => _callers ?? throw new InvalidOperationException("No jobs flow yet.");

    /// <summary>Skips the test where servers that replicate can't be had.</summary>
    private protected async Task NeedsReplicasAsync()
    {
        await EnsureAsync();
        Assert.SkipWhen(
            string.Equals(Environment.GetEnvironmentVariable("JOBQUEUE_TEST_SERVER"), "garnet", StringComparison.OrdinalIgnoreCase),
            "Garnet can't wait for replicas (it has no WAIT), and redis-server is tested in a run of its own.");
    }

    /// <summary>Starts workers and callers, and waits until jobs flow.</summary>
    /// <param name="connectionString">All servers.</param>
    /// <param name="replicas">How many must acknowledge.</param>
    /// <param name="shards">How many there are.</param>
    private protected async Task FlowAsync(string connectionString, int replicas = 1, int shards = 1)
    {
        await BeginOnAsync(connectionString);
        var fleet = Enumerable.Range(0, Fleet)
            .Select(_ => StartWorker(settings => settings with { Shards = shards, CallTimeoutMs = (int)CallTimeout.TotalMilliseconds, LeaseMs = 4_000, HeartbeatMs = 800 }))
            .ToList();
        await JoinedAsync(fleet);
        _client = await ChaosClient.StartAsync(connectionString, Prefix, CallTimeout, replicas: replicas, shards: shards);
        _callers = PatientCallers.Start(_client.Jobs, Audit, Random, shards: shards);
        await _callers.FlowsAsync();
    }

    /// <summary>Breaks something, and waits until jobs flow again.</summary>
    /// <param name="what">For whoever reads the run.</param>
    /// <param name="breakAsync">How; ends when the servers serve again.</param>
    /// <param name="mendAsync">What comes after it.</param>
    /// <param name="broken">The shards that it breaks; the first when it is not said.</param>
    private protected async Task BreakAsync(string what, Func<Task> breakAsync, Func<Task>? mendAsync = null, IReadOnlyCollection<int>? broken = null)
    {
        await Callers.FlowsAsync(300);
        Say(what);
        var began = TimeProvider.System.GetTimestamp();
        _breaks.Add(began);
        await breakAsync();
        _replacements.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        if (mendAsync is not null)
        {
            await mendAsync();
        }

        var done = await Audit.CountCompletionsAsync();
        await Condition.HoldsAsync(async () => await Audit.CountCompletionsAsync() > done, "a worker does a job");
        _idles.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        await Callers.FlowsAsync(50);
        _gaps.Add(LongestGap(began, id => (broken ?? [0]).Contains(id.Shard)));
        if (Callers.AcknowledgedAt.Keys.Any(id => !(broken ?? [0]).Contains(id.Shard)))
        {
            _gapsOfOthers.Add(LongestGap(began, id => !broken!.Contains(id.Shard)));
        }
    }

    /// <summary>For how long no enqueue was acknowledged, in ms.</summary>
    private double LongestGap(long began, Func<JobId, bool> counts)
    {
        var acknowledged = Callers.AcknowledgedAt.Where(each => each.Value >= began && counts(each.Key)).Select(static each => each.Value).Prepend(began).Order().ToList();
        return acknowledged.Zip(acknowledged.Skip(1), static (from, to) => TimeProvider.System.GetElapsedTime(from, to).TotalMilliseconds).DefaultIfEmpty().Max();
    }

    /// <summary>Ends the flow and accounts for every job.</summary>
    private protected async Task EndAsync()
    {
        var ids = await Callers.StopAsync();
        Callers.AddTo(Figures);
        Figures.Add("broken", _breaks.Count).AddDistribution("servers_again_ms", _replacements).AddDistribution("work_again_ms", _idles).AddDistribution("no_acknowledgement_ms", _gaps);
        if (_gapsOfOthers.Count > 0)
        {
            Figures.AddDistribution("no_acknowledgement_of_other_shards_ms", _gapsOfOthers);
        }

        foreach (var (error, count) in Callers.Errors.OrderBy(static error => error.Key, StringComparer.Ordinal))
        {
            Figures.Add(error, count);
        }

        await AllEndedAsync();
        (await FindLostAsync(ids)).Should().BeEmpty("an acknowledged job is on the server that takes over");
        var account = await AccountAsync(ids);
        account.NotDone.Should().BeEmpty("each acknowledged job was done");
    }

    /// <summary>Acknowledged jobs that the store does not know, each with how long after something was broken it was acknowledged.</summary>
    private async Task<IReadOnlyList<string>> FindLostAsync(IReadOnlyList<JobId> ids)
    {
        var lost = new List<string>();
        foreach (var page in ids.Chunk(200))
        {
            var found = await Task.WhenAll(page.Select(id => Jobs.GetAsync(id)));
            lost.AddRange(page.Zip(found).Where(static pair => pair.Second is null).Select(pair => $"{pair.First} at {AfterBreak(Callers.AcknowledgedAt[pair.First])}"));
        }

        return lost;
    }

    private string AfterBreak(long at)
    {
        var began = _breaks.LastOrDefault(began => began <= at);
        return began == 0 ? "the beginning" : $"{TimeProvider.System.GetElapsedTime(began, at).TotalMilliseconds:0} ms";
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_callers is not null)
        {
            await _callers.DisposeAsync();
        }

        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        await base.DisposeAsync();
    }
}
