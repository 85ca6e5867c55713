using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>What the store holds, read by plain commands, where the public API does not show it.</summary>
internal sealed class StoreKeys(ChaosServer server, string prefix)
{
    public RedisKey Key(string name) => $"{{{prefix}:0}}:{name}";

    /// <summary>The ids that are leased to workers of this name, whether they live or not.</summary>
    public async Task<HashSet<JobId>> LeasedByAsync(string workerName)
        => [.. (await server.Database.HashGetAllAsync(Key("running")))
            .Where(lease => ((string)lease.Value!).StartsWith(workerName + "-", StringComparison.Ordinal))
            .Select(static lease => JobId.Parse(lease.Name!))];

    /// <summary>Live workers, and until when their leases last by the server's clock, in ms.</summary>
    public async Task<Dictionary<string, double>> LeasesAsync()
        => (await server.Database.SortedSetRangeByRankWithScoresAsync(Key("workers"))).ToDictionary(static worker => (string)worker.Element!, static worker => worker.Score);

    /// <summary>The workers that were declared lost.</summary>
    public async Task<IReadOnlyList<string>> LostAsync()
        => [.. (await server.Database.SortedSetRangeByRankAsync(Key("lost"))).Select(static worker => (string)worker!)];

    /// <summary>Jobs of which a crash is counted.</summary>
    public Task<long> CountCrashesAsync() => server.Database.HashLengthAsync(Key("crashes"));

    /// <summary>A time that the maintenance has stored, by the server's clock in ms; 0 before the first.</summary>
    public async Task<long> TimeAsync(string field) => (long)await server.Database.HashGetAsync(Key("meta"), field);

    /// <summary>The server's clock, in ms.</summary>
    public async Task<long> NowAsync()
    {
        var time = (string[])(await server.Database.ExecuteAsync("TIME"))!;
        return (long.Parse(time[0], CultureInfo.InvariantCulture) * 1000) + (long.Parse(time[1], CultureInfo.InvariantCulture) / 1000);
    }

    /// <summary>Who holds what, what waits where, and what is counted, for the text of a failure.</summary>
    public async Task<string> DescribeAsync()
    {
        var lines = new List<string> { "now " + (await NowAsync()).ToString(CultureInfo.InvariantCulture) };
        foreach (var hash in new[] { "running", "crashes", "meta", "floors" })
        {
            lines.Add($"{hash}: {string.Join(", ", (await server.Database.HashGetAllAsync(Key(hash))).Take(40).Select(static entry => entry.ToString()))}");
        }

        lines.Add($"workers: {string.Join(", ", await LeasesAsync())}");
        foreach (var line in await server.Database.SetMembersAsync(Key("ready")))
        {
            var (priority, queue) = (((string)line!).Split('|')[0], ((string)line!).Split('|')[1]);
            lines.Add($"{line}: {await server.Database.ListLengthAsync(Key($"queue:{queue}:{priority}"))} wait");
        }

        return string.Join('\n', lines);
    }
}
