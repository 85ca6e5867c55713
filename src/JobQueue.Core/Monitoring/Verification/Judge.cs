using JobQueue.Redis;

namespace JobQueue.Monitoring.Verification;

/// <summary>Decides from where an id stands at one instant, and what its record says, whether something is wrong with it.</summary>
internal sealed class Judge(Findings findings)
{
    public bool IsDone => findings.IsFull;

    public void Decide(Suspect suspect, VerifiedId facts)
    {
        if (suspect.SeenIn == KeyNames.Tombstones)
        {
            DecideTombstone(suspect, facts);
        }
        else if (!facts.HasRecord)
        {
            DecideWithoutRecord(suspect, facts);
        }
        else if (facts.RecordType == "string")
        {
            DecideLine(suspect, facts);
            DecideHomes(suspect, facts);
        }
    }

    private void DecideTombstone(Suspect suspect, VerifiedId facts)
    {
        if (facts.TombstoneLine.Length > 0 && !(Entry.IsLine(facts.TombstoneLine) && facts.Places.Contains(KeyNames.List(facts.TombstoneLine))))
        {
            findings.Add(
                ViolationKind.TombstoneNotListed,
                suspect.Id,
                KeyNames.Tombstones,
                $"it is marked as removed from the line {Names.Shorten(facts.TombstoneLine)} and does not stand there. The mark stays for ever, and the line counts one too few.",
                suspect);
        }
    }

    private void DecideWithoutRecord(Suspect suspect, VerifiedId facts)
    {
        if (!facts.Places.Contains(suspect.SeenIn))
        {
            return; // It has moved since, or is gone.
        }

        var isList = KeyNames.LineOf(suspect.SeenIn) is not null;
        if (suspect.SeenIn is KeyNames.Completed or KeyNames.Cancelled)
        {
            findings.Add(ViolationKind.ListedWithoutRecord, suspect.Id, suspect.SeenIn, "its entry has no record. It is counted and can't be shown.", suspect);
        }
        else if (suspect.SeenIn is KeyNames.Running or KeyNames.Scheduled or KeyNames.Retrying or KeyNames.Dead || (isList && facts.TombstoneLine.Length == 0))
        {
            findings.Add(ViolationKind.NoRecord, suspect.Id, suspect.SeenIn, "it has no record. What was to be run is lost, unless the id never named a job.", suspect);
        }
        else if (!isList)
        {
            findings.Add(ViolationKind.LeftOver, suspect.Id, suspect.SeenIn, "there is no such job any more. Nothing removes what is kept of it.", suspect);
        }
    }

    private void DecideLine(Suspect suspect, VerifiedId facts)
    {
        var line = KeyNames.LineOf(suspect.SeenIn)
            ?? (suspect.SeenIn is KeyNames.Scheduled or KeyNames.Retrying && Entry.TryReadTimed(suspect.SeenAs, out var timed, out _) ? timed : null);
        if (line is not null && facts.Line.Length > 0 && facts.TombstoneLine.Length == 0 && facts.Places.Contains(suspect.SeenIn) && !PlaceWalk.IsSame(facts.Line, line))
        {
            findings.Add(
                ViolationKind.LineDisagrees, suspect.Id, suspect.SeenIn, $"it stands in the line {line}, and its record says {facts.Line}. Its state is shown wrongly, and it can't be cancelled.", suspect);
        }
    }

    private void DecideHomes(Suspect suspect, VerifiedId facts)
    {
        // A tombstone makes the entry in a list one that is to be dropped: no home.
        var homes = Array.FindAll(facts.Places, place => IsHome(place) && (facts.TombstoneLine.Length == 0 || KeyNames.LineOf(place) is null));
        var distinct = homes.Distinct().Order(StringComparer.Ordinal).ToArray();
        if (distinct.Length > 1)
        {
            findings.Add(ViolationKind.TwoHomes, suspect.Id, distinct[0], $"it stands in {string.Join(" and ", distinct)}. It may run twice.", suspect);
        }
        else if (homes.Length > 1)
        {
            findings.Add(ViolationKind.TwiceInList, suspect.Id, homes[0], "it stands twice in this list. Harmless: the second is dropped when it is taken.");
        }

        if (facts.Status.Length > 0)
        {
            DecideFinished(suspect, facts);
        }
        else if (distinct.All(static home => home is KeyNames.Completed or KeyNames.Cancelled))
        {
            findings.Add(ViolationKind.NoHome, suspect.Id, KeyNames.Record(suspect.Id), "it is not finished and stands in no place. Nothing will run it.", suspect);
        }
    }

    private void DecideFinished(Suspect suspect, VerifiedId facts)
    {
        var list = facts.Status == "failed" ? KeyNames.Dead : facts.Status;
        if (!facts.Places.Contains(list))
        {
            findings.Add(
                ViolationKind.FinishedNotListed, suspect.Id, KeyNames.Record(suspect.Id), $"its record says {facts.Status}, and it has no entry in {list}. It would be kept for ever.", suspect);
        }
    }

    private static bool IsHome(string place)
        => place is KeyNames.Running or KeyNames.Scheduled or KeyNames.Retrying or KeyNames.Dead or KeyNames.Completed or KeyNames.Cancelled
        || KeyNames.LineOf(place) is not null;
}
