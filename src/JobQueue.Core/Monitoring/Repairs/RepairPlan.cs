using JobQueue.Redis;

namespace JobQueue.Monitoring.Repairs;

/// <summary>What mends each kind of violation, in words.</summary>
internal static class RepairPlan
{
    /// <returns>Null when nothing has to be done, or a repair could lose a job.</returns>
    public static string? Of(Violation violation) => violation.Kind switch
    {
        ViolationKind.NoHome => "It waits for a worker again, in the line that its record says, or in the default one.",
        ViolationKind.TwoHomes => "It stays in one place: where it runs, else where it runs soonest. A finished job stays in its list.",
        ViolationKind.NoRecord => "The id is removed from this place.",
        ViolationKind.FinishedNotListed => "It gets an entry in the list of such jobs, where retention finds it.",
        ViolationKind.ListedWithoutRecord => "The entry is removed.",
        ViolationKind.LineNotReady => "The line is added to the index of those that hold jobs.",
        ViolationKind.QueueUnknown => "The queue is added to those that are known.",
        ViolationKind.TombstoneCountWrong => "The removed jobs are counted anew.",
        ViolationKind.TombstoneNotListed => "The mark is removed.",
        ViolationKind.LineDisagrees => "It moves to the line that its record says.",
        ViolationKind.MalformedEntry => violation.Entry is null ? "The key is set aside under another name." : "The entry is removed.",
        ViolationKind.WrongType when KeyNames.JobOf(violation.Key) is not { Part: "" } => "The key is set aside under another name, and scripts go on without it.",
        ViolationKind.NotInGroup => "It is added to the group.",
        ViolationKind.NotOfGroup => "It is removed from the group.",
        ViolationKind.GroupDescription => "The description is removed with the last member, or written anew.",
        ViolationKind.BytesWrong => "The bytes are summed up anew.",
        ViolationKind.LeftOver => "It is removed.",

        // Harmless, or a worker does it: it buries a record that it can't read, and recovers leases.
        _ => null,
    };
}
