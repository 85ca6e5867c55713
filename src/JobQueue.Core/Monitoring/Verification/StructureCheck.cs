using System.Globalization;
using JobQueue.Redis;

namespace JobQueue.Monitoring.Verification;

/// <summary>The last pass: indexes, groups and numbers, each compared at one instant with what it stands for.</summary>
internal sealed class StructureCheck(StoreReader reader, Findings findings)
{
    private const long LongestWithoutRecoveryMs = 60_000;

    public async Task RunAsync(KeyWalk keys, IReadOnlyCollection<string> lines, IReadOnlyList<SeenLease> leases, CancellationToken cancellationToken)
    {
        await CheckLinesAsync(lines, cancellationToken).ConfigureAwait(false);
        await CheckDeadAsync("", cancellationToken).ConfigureAwait(false);
        await CheckGroupsAsync(keys.Groups, cancellationToken).ConfigureAwait(false);

        var totals = await reader.VerifyTotalsAsync(leases, cancellationToken).ConfigureAwait(false);
        CheckNumbers(totals);
        CheckRecovery(totals, leases);
    }

    private async Task CheckLinesAsync(IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        await foreach (var (line, facts) in reader.VerifyLinesAsync(lines, cancellationToken).ConfigureAwait(false))
        {
            if (facts is { Length: > 0, IsReady: false })
            {
                findings.Add(ViolationKind.LineNotReady, null, KeyNames.List(line), $"{Text(facts.Length)} job(s) wait here and the line is not in {KeyNames.Ready}. No worker looks for them.");
            }

            if (facts is { Length: > 0, IsKnown: false })
            {
                findings.Add(ViolationKind.QueueUnknown, null, KeyNames.List(line), $"{Text(facts.Length)} job(s) wait here and the queue is not in queues. It is not shown.");
            }
        }
    }

    /// <summary>Dead letters of a group, or with an empty fingerprint all of them.</summary>
    private async Task CheckDeadAsync(string fingerprint, CancellationToken cancellationToken)
    {
        var name = fingerprint.Length == 0 ? KeyNames.Dead : KeyNames.Group(fingerprint);
        await foreach (var page in reader.WalkAsync(name, "zset", cancellationToken).ConfigureAwait(false))
        {
            foreach (var ids in StoreReader.Batches(page))
            {
                var (_, _, deaths) = await reader.VerifyDeadAsync(fingerprint, ids, cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < deaths.Length; i++)
                {
                    CheckDeath(fingerprint, name, ids[i], deaths[i]);
                }
            }
        }
    }

    private void CheckDeath(string fingerprint, string name, string text, VerifiedDeath death)
    {
        var id = Entry.TryReadId(text, out var read) ? read : (JobId?)null;
        if (fingerprint.Length == 0)
        {
            if (death is { IsDead: true, Fingerprint.Length: > 0, IsInOwnGroup: false })
            {
                findings.Add(ViolationKind.NotInGroup, id, KeyNames.Group(death.Fingerprint), "it is dead and not in the group that its record names. Retrying the group leaves it out.");
            }
        }
        else if (death.IsInGroup && (!death.IsDead || death.Fingerprint != fingerprint))
        {
            findings.Add(
                ViolationKind.NotOfGroup,
                id,
                name,
                death.IsDead ? $"its record names the group '{death.Fingerprint}'. It is counted twice." : $"'{Names.Shorten(text)}' is in this group and not dead. It is counted and can't be retried.",
                entry: text);
        }
    }

    private async Task CheckGroupsAsync(IEnumerable<string> found, CancellationToken cancellationToken)
    {
        var groups = new HashSet<string>(found, StringComparer.Ordinal);
        await foreach (var page in reader.WalkAsync(KeyNames.Groups, "hash", cancellationToken).ConfigureAwait(false))
        {
            for (var i = 0; i < page.Count; i += 2)
            {
                groups.Add(page[i]);
            }
        }

        foreach (var fingerprint in groups)
        {
            await CheckDeadAsync(fingerprint, cancellationToken).ConfigureAwait(false);
            var (members, isDescribed, _) = await reader.VerifyDeadAsync(fingerprint, ArraySegment<string>.Empty, cancellationToken).ConfigureAwait(false);
            if (isDescribed != members > 0)
            {
                findings.Add(
                    ViolationKind.GroupDescription,
                    null,
                    KeyNames.Group(fingerprint),
                    isDescribed ? "the group is described and empty. It is shown for ever." : $"the group has {Text(members)} member(s) and no description. It is not shown.");
            }
        }
    }

    private void CheckNumbers(VerifiedTotals totals)
    {
        foreach (var line in totals.Tombstones)
        {
            if (!line.IsRight)
            {
                findings.Add(
                    ViolationKind.TombstoneCountWrong, null, KeyNames.TombstoneCounts, $"it says {line.Kept} removed job(s) for {line.Of}, and there are {Text(line.Counted)}. The count of waiting jobs is wrong.");
            }
        }

        foreach (var list in totals.Bytes)
        {
            if (!list.IsRight)
            {
                findings.Add(ViolationKind.BytesWrong, null, KeyNames.Stats, $"it says {list.Kept} bytes for {list.Of}, and its entries sum up to {Text(list.Counted)}. Retention by size is wrong.");
            }
        }
    }

    private void CheckRecovery(VerifiedTotals totals, IReadOnlyList<SeenLease> leases)
    {
        foreach (var lease in leases)
        {
            var since = totals.Now - Math.Max(totals.LastRecovery, lease.StartedMs);
            if (since > LongestWithoutRecoveryMs && totals.Orphans.Contains(lease.Id) && Entry.TryReadId(lease.Id, out var id))
            {
                findings.Add(
                    ViolationKind.NotRecovered,
                    id,
                    KeyNames.Running,
                    $"it is leased to {Names.Shorten(lease.WorkerId)}, which is not live, and for {Text(since / 1000)} s nobody has looked for such jobs. They go on when a process with workers runs.");
            }
        }
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
