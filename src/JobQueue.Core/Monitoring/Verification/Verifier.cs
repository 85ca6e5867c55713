using JobQueue.Redis;

namespace JobQueue.Monitoring.Verification;

/// <summary>
/// Looks at a whole shard and names what is not as docs/redis-data-model.md says. It reads only, in steps that are bounded
/// on the server. The store goes on being used meanwhile, so what a walk finds odd counts only when one script, which sees
/// all places of an id at one instant, finds it too.
/// </summary>
internal sealed class Verifier(RedisCalls calls)
{
    /// <summary>Looks at one shard after the other, so that the load on servers that they share stays what it is for one.</summary>
    public static async Task<VerificationReport> RunOnAllAsync(RedisCalls calls, CancellationToken cancellationToken)
    {
        var whole = new VerificationReport([], JobsChecked: 0, IsComplete: true);
        foreach (var shard in await calls.AllAsync(cancellationToken).ConfigureAwait(false))
        {
            var part = await new Verifier(shard).RunAsync(cancellationToken).ConfigureAwait(false);
            whole = new([.. whole.Violations, .. part.Violations.Select(found => found with { Shard = shard.Shard })], whole.JobsChecked + part.JobsChecked, whole.IsComplete && part.IsComplete);
        }

        return whole;
    }

    public async Task<VerificationReport> RunAsync(CancellationToken cancellationToken)
    {
        var reader = new StoreReader(calls);
        var sightings = new Sightings();
        var findings = new Findings();

        // Records come before places: a job that is enqueued meanwhile is then seen in its place without a record, and to look for
        // a record is cheap. The other way round it would be a record without a place, to be searched for in long lists.
        var keys = new KeyWalk(reader, sightings, findings);
        await keys.RunAsync(cancellationToken).ConfigureAwait(false);
        var lines = await FindLinesAsync(reader, keys, findings, cancellationToken).ConfigureAwait(false);
        var places = new PlaceWalk(reader, sightings, findings);
        await places.RunAsync(lines, cancellationToken).ConfigureAwait(false);

        if (!findings.IsFull)
        {
            await new SuspectCheck(reader, sightings, places, new Judge(findings)).RunAsync(keys, cancellationToken).ConfigureAwait(false);
        }

        if (!findings.IsFull)
        {
            await new StructureCheck(reader, findings).RunAsync(keys, lines, places.Leases, cancellationToken).ConfigureAwait(false);
        }

        return findings.ToReport(sightings.Records);
    }

    /// <summary>Every line that has a list or is in the index of those that have one.</summary>
    private static async Task<HashSet<string>> FindLinesAsync(StoreReader reader, KeyWalk keys, Findings findings, CancellationToken cancellationToken)
    {
        var lines = new HashSet<string>(keys.Lines.Where(Entry.IsLine), StringComparer.Ordinal);
        await foreach (var page in reader.WalkAsync(KeyNames.Ready, "set", cancellationToken).ConfigureAwait(false))
        {
            foreach (var line in page)
            {
                if (Entry.IsLine(line))
                {
                    lines.Add(line);
                }
                else
                {
                    findings.Add(ViolationKind.MalformedEntry, null, KeyNames.Ready, $"its entry '{Names.Shorten(EntryText.Show(line))}' is not of the form <priority>|<queue>. It is passed over.", entry: line);
                }
            }
        }

        return lines;
    }
}
