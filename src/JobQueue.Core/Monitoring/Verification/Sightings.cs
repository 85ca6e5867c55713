using System.Runtime.InteropServices;

namespace JobQueue.Monitoring.Verification;

/// <summary>What a walk has seen of an id.</summary>
[Flags]
internal enum Seen : ushort
{
    None = 0,
    Record = 1 << 0,
    Finished = 1 << 1,
    Waiting = 1 << 2,
    Running = 1 << 3,
    Scheduled = 1 << 4,
    Retrying = 1 << 5,
    Dead = 1 << 6,
    Completed = 1 << 7,
    Cancelled = 1 << 8,
    Tombstone = 1 << 9,
    Cancelling = 1 << 10,
    Crashes = 1 << 11,
    Progress = 1 << 12,
    Log = 1 << 13,
    Steps = 1 << 14,
    Twice = 1 << 15,

    Listed = Completed | Cancelled,
    Homes = Waiting | Running | Scheduled | Retrying | Dead | Listed,
    Marks = Cancelling | Crashes | Progress | Log | Steps,
}

/// <summary>What was seen of one id: where, the line of its record, and the lines of the places.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Sighting
{
    public Seen Seen;

    /// <summary>Number of the record's line, 0 when it is not known.</summary>
    public ushort RecordLine;

    /// <summary>Number of the line in whose list it was last seen, 0 when it was in none.</summary>
    public ushort List;

    /// <summary>Number of the line that its entry in a sorted set names, 0 when it was in none.</summary>
    public ushort TimedLine;

    /// <summary>Whether it was seen in any of these.</summary>
    public readonly bool IsIn(Seen places) => (Seen & places) != Seen.None;
}

/// <summary>
/// Every id that a walk has seen. A million take about 40 MB: ids as 16 bytes, lines by number. Not safe to use from
/// several threads.
/// </summary>
internal sealed class Sightings
{
    private readonly Dictionary<JobId, Sighting> _ids = [];
    private readonly Dictionary<string, ushort> _numbers = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<string> _lines = [""];

    /// <summary>How many ids have a record.</summary>
    public long Records { get; private set; }

    public ref Sighting Of(JobId id) => ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, id, out _);

    public void AddRecord(JobId id, string line, bool isFinished)
    {
        ref var sighting = ref Of(id);
        Records += sighting.IsIn(Seen.Record) ? 0 : 1;
        sighting.Seen |= Seen.Record | (isFinished ? Seen.Finished : Seen.None);
        sighting.RecordLine = Number(line);
    }

    public string Line(ushort number) => _lines[number];

    /// <summary>The number of a line. More than a shard can have are numbered as unknown, and not compared.</summary>
    public ushort Number(string line)
    {
        if (!_numbers.TryGetValue(line, out var number) && _lines.Count < ushort.MaxValue)
        {
            number = (ushort)_lines.Count;
            _lines.Add(line);
            _numbers.Add(line, number);
        }

        return number;
    }

    public IEnumerable<(JobId Id, Sighting Sighting)> Where(Func<Sighting, bool> condition)
    {
        foreach (var (id, sighting) in _ids)
        {
            if (condition(sighting))
            {
                yield return (id, sighting);
            }
        }
    }
}
