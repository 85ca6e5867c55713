using JobQueue.Redis;

namespace JobQueue.Monitoring.Verification;

/// <summary>The first pass: every key by its name, its type, and every record.</summary>
internal sealed class KeyWalk(StoreReader reader, Sightings sightings, Findings findings)
{
    private readonly RecordCheck _records = new(sightings, findings);

    /// <summary>Lines that have a list, whether or not anybody can find it.</summary>
    public HashSet<string> Lines { get; } = new(StringComparer.Ordinal);

    /// <summary>Fingerprints of the groups that have members.</summary>
    public HashSet<string> Groups { get; } = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var names in reader.ScanAsync(cancellationToken).ConfigureAwait(false))
        {
            await foreach (var (name, key) in reader.InspectAsync(names, cancellationToken).ConfigureAwait(false))
            {
                Look(name, key);
            }

            if (findings.IsFull)
            {
                return;
            }
        }
    }

    /// <summary>Reads the records of ids that were seen in a place before their record was seen.</summary>
    public async Task ReadRecordsAsync(IEnumerable<JobId> ids, CancellationToken cancellationToken)
    {
        await foreach (var (name, key) in reader.InspectAsync(ids.Select(KeyNames.Record), cancellationToken).ConfigureAwait(false))
        {
            Look(name, key);
        }
    }

    private void Look(string name, InspectedKey key)
    {
        if (KeyNames.TypeOf(name) is { } type && key.Type != type && key.Type != "none")
        {
            findings.Add(ViolationKind.WrongType, JobOf(name), name, $"it is of type {key.Type} and must be of type {type}. Scripts that need it stop, or pass it over.");
        }

        if (KeyNames.JobOf(name) is { } job)
        {
            LookAtJob(name, job.Id, job.Part, key);
        }
        else if (KeyNames.LineOf(name) is { } line)
        {
            Lines.Add(line);
        }
        else if (KeyNames.FingerprintOf(name) is { } fingerprint)
        {
            Groups.Add(fingerprint);
        }
    }

    private void LookAtJob(string name, string text, string part, InspectedKey key)
    {
        if (!Entry.TryReadId(text, out var id))
        {
            findings.Add(ViolationKind.MalformedEntry, null, name, $"'{Names.Shorten(text)}' is not a job id.");
        }
        else if (part.Length == 0)
        {
            _records.Check(id, key);
        }
        else if (key.Type != "none")
        {
            sightings.Of(id).Seen |= KeyNames.IsLog(part) ? Seen.Log : KeyNames.IsSteps(part) ? Seen.Steps : Seen.None;
        }
    }

    private static JobId? JobOf(string name) => KeyNames.JobOf(name) is { } job && Entry.TryReadId(job.Id, out var id) ? id : null;
}
