namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// Where the ids of a store are. Each job (an id with a record) has exactly one home: a queue list, <c>scheduled</c>,
/// <c>retrying</c>, <c>running</c>, <c>dead</c>, the list of completed or cancelled jobs, or else a record that says how it ended.
/// A queue list is no home of an id that has a tombstone: fetch drops it there.
/// </summary>
internal sealed class Homes
{
    private const string JobKey = "job:";
    private static readonly string[] Endings = ["\"status\":\"completed\"", "\"status\":\"failed\"", "\"status\":\"cancelled\""];

    private readonly SortedDictionary<string, List<string>> _places = new(StringComparer.Ordinal);

    public Homes(Keyspace keyspace)
    {
        var records = keyspace.Keys.Where(IsRecord).ToArray();
        foreach (var record in records)
        {
            _places.Add(record.Name[JobKey.Length..], []);
        }

        var tombstones = TombstonesIn(keyspace);
        foreach (var key in keyspace.Keys)
        {
            foreach (var id in IdsIn(key).Except(IsQueue(key) ? tombstones : []))
            {
                _places.GetValueOrDefault(id)?.Add(key.Name);
            }
        }

        foreach (var record in records)
        {
            var places = _places[record.Name[JobKey.Length..]];
            if (places.Count == 0 && Endings.Any(ending => record.Items[0].Contains(ending, StringComparison.Ordinal)))
            {
                places.Add("its record");
            }
        }
    }

    /// <summary>Names of the jobs that have a home in <paramref name="before"/> and none in <paramref name="after"/>.</summary>
    public static IReadOnlyList<string> LostBetween(Keyspace before, Keyspace after)
    {
        var then = new Homes(before)._places;
        var now = new Homes(after)._places;
        return [.. then
            .Where(place => place.Value.Count > 0 && (!now.TryGetValue(place.Key, out var places) || places.Count == 0))
            .Select(static place => TestJob.Shorten(place.Key))];
    }

    /// <summary>Fails unless each job has exactly one home.</summary>
    public static void EveryIdHasAHome(Keyspace keyspace)
        => new Homes(keyspace)._places
            .Where(place => place.Value.Count != 1)
            .Select(static place => $"{TestJob.Shorten(place.Key)}: {string.Join(" and ", place.Value)}")
            .Should().BeEmpty("each job has exactly one home");

    private static bool IsRecord(KeyContent key)
        => key.Name.StartsWith(JobKey, StringComparison.Ordinal) && !key.Name[JobKey.Length..].Contains(':', StringComparison.Ordinal);

    private static bool IsQueue(KeyContent key) => key.Type == "list" && key.Name.StartsWith("queue:", StringComparison.Ordinal);

    private static string[] TombstonesIn(Keyspace keyspace)
        => keyspace.Find("tombstones") is { Type: "hash" } tombstones ? [.. tombstones.Items.Select(static entry => entry.Split('=')[0])] : [];

    private static IEnumerable<string> IdsIn(KeyContent key) => key switch
    {
        _ when IsQueue(key) => key.Items,
        { Type: "list", Name: "completed" or "cancelled" } => key.Items.Select(static entry => entry.Split('|')[0]),
        { Type: "hash", Name: "running" } => key.Items.Select(static entry => entry.Split('=')[0]),
        { Type: "zset", Name: "scheduled" or "retrying" } => key.Items.Select(static entry => entry[(entry.LastIndexOf('|') + 1)..]),
        { Type: "zset", Name: "dead" } => key.Items.Select(static entry => entry.Split(' ')[1]),
        _ => [],
    };
}
