using JobQueue.Redis;

namespace JobQueue.Monitoring.Verification;

/// <summary>
/// The second pass: every place that holds ids, in the order in which jobs move on, so that one that moves while the walk
/// goes on is seen in its old place, or its new one, or both, and seldom in none.
/// </summary>
internal sealed class PlaceWalk(StoreReader reader, Sightings sightings, Findings findings)
{
    private const int MaxLeases = 100;

    private readonly Dictionary<string, SeenLease> _leases = new(StringComparer.Ordinal);

    /// <summary>A lease of each worker that holds any, of the first hundred workers.</summary>
    public IReadOnlyList<SeenLease> Leases => [.. _leases.Values];

    /// <summary>Entries of finished jobs, and of those with a log or results of steps, whose records the first pass did not see.</summary>
    public List<Suspect> UnknownEntries { get; } = [];

    /// <summary>Ids in places of another line than their records say.</summary>
    public List<Suspect> Misplaced { get; } = [];

    public async Task RunAsync(IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        await WalkTimedAsync(KeyNames.Scheduled, Seen.Scheduled, cancellationToken).ConfigureAwait(false);
        await WalkTimedAsync(KeyNames.Retrying, Seen.Retrying, cancellationToken).ConfigureAwait(false);
        foreach (var line in lines)
        {
            await WalkListAsync(line, cancellationToken).ConfigureAwait(false);
        }

        await WalkHashAsync(KeyNames.Running, Seen.Running, KeepLease, cancellationToken).ConfigureAwait(false);
        await WalkIdsAsync(KeyNames.Dead, "zset", Seen.Dead, cancellationToken).ConfigureAwait(false);
        await WalkFinishedAsync(KeyNames.Completed, Seen.Completed, cancellationToken).ConfigureAwait(false);
        await WalkFinishedAsync(KeyNames.Cancelled, Seen.Cancelled, cancellationToken).ConfigureAwait(false);
        await WalkHashAsync(KeyNames.Tombstones, Seen.Tombstone, null, cancellationToken).ConfigureAwait(false);
        await WalkIdsAsync(KeyNames.Cancelling, "set", Seen.Cancelling, cancellationToken).ConfigureAwait(false);
        await WalkHashAsync(KeyNames.Crashes, Seen.Crashes, null, cancellationToken).ConfigureAwait(false);
        await WalkHashAsync(KeyNames.Progress, Seen.Progress, null, cancellationToken).ConfigureAwait(false);
        await WalkHashAsync(KeyNames.Attached, Seen.None, KeepUnknown, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ids of these that still stand in a list that they were seen in.</summary>
    public async Task<HashSet<JobId>> FindStillWaitingAsync(Dictionary<JobId, ushort> seenIn, CancellationToken cancellationToken)
    {
        var still = new HashSet<JobId>();
        foreach (var line in seenIn.Values.Distinct().ToList())
        {
            await foreach (var page in reader.WalkAsync(KeyNames.List(sightings.Line(line)), "list", cancellationToken).ConfigureAwait(false))
            {
                foreach (var text in page)
                {
                    if (Entry.TryReadId(text, out var id) && seenIn.TryGetValue(id, out var where) && where == line)
                    {
                        still.Add(id);
                    }
                }
            }
        }

        return still;
    }

    private async Task WalkTimedAsync(string name, Seen place, CancellationToken cancellationToken)
    {
        await foreach (var page in reader.WalkAsync(name, "zset", cancellationToken).ConfigureAwait(false))
        {
            foreach (var text in page)
            {
                if (Entry.TryReadTimed(text, out var line, out var id))
                {
                    See(id, place, name, text, line);
                }
                else
                {
                    Malformed(name, text, "<priority>|<queue>|<id>");
                }
            }
        }
    }

    private async Task WalkListAsync(string line, CancellationToken cancellationToken)
    {
        var name = KeyNames.List(line);
        await foreach (var page in reader.WalkAsync(name, "list", cancellationToken).ConfigureAwait(false))
        {
            foreach (var text in page)
            {
                if (Entry.TryReadId(text, out var id))
                {
                    See(id, Seen.Waiting, name, text, line);
                }
                else
                {
                    Malformed(name, text, "<id>");
                }
            }
        }
    }

    private async Task WalkIdsAsync(string name, string type, Seen place, CancellationToken cancellationToken)
    {
        await foreach (var page in reader.WalkAsync(name, type, cancellationToken).ConfigureAwait(false))
        {
            foreach (var text in page)
            {
                See(name, text, place);
            }
        }
    }

    private async Task WalkHashAsync(string name, Seen place, Action<string, string>? look, CancellationToken cancellationToken)
    {
        await foreach (var page in reader.WalkAsync(name, "hash", cancellationToken).ConfigureAwait(false))
        {
            for (var i = 0; i + 1 < page.Count; i += 2)
            {
                See(name, page[i], place);
                look?.Invoke(page[i], page[i + 1]);
            }
        }
    }

    private async Task WalkFinishedAsync(string name, Seen place, CancellationToken cancellationToken)
    {
        await foreach (var page in reader.WalkAsync(name, "list", cancellationToken).ConfigureAwait(false))
        {
            foreach (var text in page)
            {
                if (!Entry.TryReadFinished(text, out var id))
                {
                    Malformed(name, text, "<id>|<finished>|<bytes>");
                    continue;
                }

                ref var sighting = ref sightings.Of(id);
                sighting.Seen |= place;
                if (!sighting.IsIn(Seen.Record))
                {
                    UnknownEntries.Add(new Suspect(id, name, text, InTwoPlaces: false));
                }
            }
        }
    }

    private void See(string name, string text, Seen place)
    {
        if (Entry.TryReadId(text, out var id))
        {
            sightings.Of(id).Seen |= place;
        }
        else
        {
            Malformed(name, text, "<id>");
        }
    }

    private void See(JobId id, Seen place, string name, string text, string line)
    {
        ref var sighting = ref sightings.Of(id);
        if (place == Seen.Waiting && sighting.IsIn(Seen.Waiting))
        {
            sighting.Seen |= Seen.Twice;
        }

        sighting.Seen |= place;
        if (place == Seen.Waiting)
        {
            sighting.List = sightings.Number(line);
        }
        else
        {
            sighting.TimedLine = sightings.Number(line);
        }

        if (sighting.RecordLine != 0 && !IsSame(sightings.Line(sighting.RecordLine), line))
        {
            Misplaced.Add(new Suspect(id, name, text, InTwoPlaces: false));
        }
    }

    /// <summary>A job whose process died under it waits in its queue's line of suspects.</summary>
    internal static bool IsSame(string recordLine, string placeLine)
        => recordLine == placeLine
        || (placeLine.StartsWith(KeyNames.Suspect + "|", StringComparison.Ordinal)
            && recordLine.AsSpan(recordLine.IndexOf('|', StringComparison.Ordinal)).SequenceEqual(placeLine.AsSpan(KeyNames.Suspect.Length)));

    private void KeepLease(string id, string token)
    {
        if (_leases.Count < MaxLeases && LeaseToken.TryParse(token) is { } lease)
        {
            _leases.TryAdd(lease.WorkerId, new SeenLease(id, token, lease.WorkerId, lease.StartedMs));
        }
    }

    /// <summary>Kept apart from the sightings, in which there is no room for another place.</summary>
    private void KeepUnknown(string text, string value)
    {
        if (Entry.TryReadId(text, out var id) && !sightings.Of(id).IsIn(Seen.Record))
        {
            UnknownEntries.Add(new Suspect(id, KeyNames.Attached, text, InTwoPlaces: false));
        }
    }

    private void Malformed(string name, string text, string form)
        => findings.Add(ViolationKind.MalformedEntry, null, name, $"its entry '{Names.Shorten(EntryText.Show(text))}' is not of the form {form}. It is passed over.", entry: text);
}
