using System.Numerics;
using JobQueue.Redis;

namespace JobQueue.Monitoring.Verification;

/// <summary>
/// The third pass: what the walk found odd is looked at again, each id at one instant. In a store that is in use nearly all of
/// it is a job that moved while the walk went on, and is found to be in order.
/// </summary>
internal sealed class SuspectCheck(StoreReader reader, Sightings sightings, PlaceWalk places, Judge judge)
{
    private static readonly (Seen Place, string Name)[] PlacesById =
    [
        (Seen.Running, KeyNames.Running), (Seen.Dead, KeyNames.Dead), (Seen.Cancelling, KeyNames.Cancelling), (Seen.Crashes, KeyNames.Crashes), (Seen.Progress, KeyNames.Progress),
    ];

    public async Task RunAsync(KeyWalk keys, CancellationToken cancellationToken)
    {
        var unknown = sightings.Where(static sighting => !sighting.IsIn(Seen.Record)).Select(static found => found.Id).ToList();
        await keys.ReadRecordsAsync(unknown, cancellationToken).ConfigureAwait(false);

        await LookAsync(WithoutRecord(), cancellationToken).ConfigureAwait(false);
        await LookAsync(WithoutHome(), cancellationToken).ConfigureAwait(false);
        await LookAsync(TombstonesWithoutEntry(), cancellationToken).ConfigureAwait(false);
        await LookAsync(places.Misplaced, cancellationToken).ConfigureAwait(false);
        await LookAsync(await InTwoPlacesAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    private async Task LookAsync(IEnumerable<Suspect> suspects, CancellationToken cancellationToken)
    {
        await foreach (var (suspect, facts) in reader.VerifyAsync(suspects, cancellationToken).ConfigureAwait(false))
        {
            judge.Decide(suspect, facts);
            if (judge.IsDone)
            {
                return;
            }
        }
    }

    private IEnumerable<Suspect> WithoutRecord()
        => sightings.Where(static sighting => !sighting.IsIn(Seen.Record))
            .SelectMany(found => PlacesOf(found.Id, found.Sighting))
            .Concat(places.UnknownEntries.Where(entry => !sightings.Of(entry.Id).IsIn(Seen.Record)));

    private IEnumerable<Suspect> PlacesOf(JobId id, Sighting sighting)
    {
        var text = id.ToString();
        foreach (var (place, name) in PlacesById)
        {
            if (sighting.IsIn(place))
            {
                yield return new Suspect(id, name, text, InTwoPlaces: false);
            }
        }

        if (sighting.IsIn(Seen.Waiting) && !sighting.IsIn(Seen.Tombstone))
        {
            yield return new Suspect(id, KeyNames.List(sightings.Line(sighting.List)), text, InTwoPlaces: false);
        }

        if (sighting.IsIn(Seen.Scheduled | Seen.Retrying))
        {
            var name = sighting.IsIn(Seen.Scheduled) ? KeyNames.Scheduled : KeyNames.Retrying;
            yield return new Suspect(id, name, sightings.Line(sighting.TimedLine) + "|" + text, InTwoPlaces: false);
        }

        if (sighting.IsIn(Seen.Log))
        {
            yield return new Suspect(id, KeyNames.Log(id), "", InTwoPlaces: false);
        }

        if (sighting.IsIn(Seen.Steps))
        {
            yield return new Suspect(id, KeyNames.Steps(id), "", InTwoPlaces: false);
        }
    }

    /// <summary>Jobs that were seen in no place, and finished ones that were seen in no list of finished jobs.</summary>
    private IEnumerable<Suspect> WithoutHome()
        => sightings.Where(static sighting => sighting.IsIn(Seen.Record)
                && (HomesOf(sighting) == Seen.None || (sighting.IsIn(Seen.Finished) && !sighting.IsIn(Seen.Listed | Seen.Dead))))
            .Select(found => HomesOf(found.Sighting).HasFlag(Seen.Waiting)
                ? new Suspect(found.Id, KeyNames.List(sightings.Line(found.Sighting.List)), found.Id.ToString(), InTwoPlaces: false)
                : new Suspect(found.Id, "", "", InTwoPlaces: false));

    private IEnumerable<Suspect> TombstonesWithoutEntry()
        => sightings.Where(static sighting => (sighting.Seen & (Seen.Tombstone | Seen.Waiting)) == Seen.Tombstone)
            .Select(static found => new Suspect(found.Id, KeyNames.Tombstones, found.Id.ToString(), InTwoPlaces: false));

    /// <summary>
    /// Most of those that were seen in a list and elsewhere have left the list since. To search a long list for each would take
    /// long, so the lists are walked once more, and only what still stands there is searched for.
    /// </summary>
    private async Task<IEnumerable<Suspect>> InTwoPlacesAsync(CancellationToken cancellationToken)
    {
        var waiting = new Dictionary<JobId, ushort>();
        var suspects = new List<Suspect>();
        foreach (var (id, sighting) in sightings.Where(IsInTwoPlaces))
        {
            if (sighting.IsIn(Seen.Waiting))
            {
                waiting.Add(id, sighting.List);
            }
            else
            {
                suspects.Add(new Suspect(id, "", "", InTwoPlaces: true));
            }
        }

        foreach (var id in await places.FindStillWaitingAsync(waiting, cancellationToken).ConfigureAwait(false))
        {
            suspects.Add(new Suspect(id, KeyNames.List(sightings.Line(waiting[id])), id.ToString(), InTwoPlaces: true));
        }

        return suspects;
    }

    private static bool IsInTwoPlaces(Sighting sighting)
    {
        var homes = HomesOf(sighting);
        return BitOperations.PopCount((uint)homes) > 1 || (homes.HasFlag(Seen.Waiting) && sighting.IsIn(Seen.Twice));
    }

    /// <summary>The entry of a removed job in a list, which a fetch drops, is no place.</summary>
    private static Seen HomesOf(Sighting sighting) => sighting.Seen & Seen.Homes & ~(sighting.IsIn(Seen.Tombstone) ? Seen.Waiting : Seen.None);
}
