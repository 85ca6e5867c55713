using JobQueue.Redis;

namespace JobQueue;

/// <summary>What <see cref="IJobMonitor.VerifyAsync"/> found.</summary>
/// <remarks>Immutable; safe to use from any thread.</remarks>
/// <param name="Violations">Each place where the store is not as it must be; empty in a healthy store.</param>
/// <param name="JobsChecked">How many jobs were looked at.</param>
/// <param name="IsComplete">Whether the whole store was looked at. After 1,000 violations no more are looked for.</param>
public sealed record VerificationReport(IReadOnlyList<Violation> Violations, long JobsChecked, bool IsComplete);

/// <summary>One place where the store is not as it must be.</summary>
/// <remarks>Immutable; safe to use from any thread.</remarks>
/// <param name="Kind">What is wrong.</param>
/// <param name="JobId">The job, where it is about one.</param>
/// <param name="Key">The key that was looked at, without the shard's root.</param>
/// <param name="Text">What is wrong, and what follows from it.</param>
public sealed record Violation(ViolationKind Kind, JobId? JobId, string Key, string Text)
{
    /// <summary>The number of the shard that it is on.</summary>
    public int Shard { get; init; }

    /// <summary>Where the walk saw the job, for its repair.</summary>
    internal Suspect? Suspect { get; init; }

    /// <summary>The entry that is wrong, whole; null when the key is.</summary>
    internal string? Entry { get; init; }

    /// <summary>The violation in one line.</summary>
    /// <returns>Kind, job or key, shard unless it is the first, and text.</returns>
    public override string ToString() => $"{Kind}: {(JobId is { } id ? $"job {id} in {Key}" : Key)}{(Shard == 0 ? "" : $" of shard {Shard}")}: {Text}";
}

/// <summary>What can be wrong with a store.</summary>
public enum ViolationKind
{
    /// <summary>A job that lives stands in no place, so that nothing will ever run it.</summary>
    NoHome,

    /// <summary>A job stands in two places, so that it may run twice.</summary>
    TwoHomes,

    /// <summary>An id stands twice in one list. Harmless: the second is dropped when it is taken.</summary>
    TwiceInList,

    /// <summary>An id stands in a place and has no record, so that what was to be run is lost.</summary>
    NoRecord,

    /// <summary>A finished job is in no list of finished jobs, so that it would be kept for ever.</summary>
    FinishedNotListed,

    /// <summary>An entry of a list of finished jobs has no record.</summary>
    ListedWithoutRecord,

    /// <summary>A waiting list is not in the index that workers look at, so that its jobs are stranded.</summary>
    LineNotReady,

    /// <summary>A waiting list belongs to a queue that is not known, so that it is not shown.</summary>
    QueueUnknown,

    /// <summary>The number of removed jobs of a list is not how many there are, so that counts are wrong.</summary>
    TombstoneCountWrong,

    /// <summary>A job is marked as removed while waiting and does not wait, so that the mark stays for ever.</summary>
    TombstoneNotListed,

    /// <summary>A record can't be read.</summary>
    RecordUnreadable,

    /// <summary>The queue or priority in a record is not that of the place where the job stands.</summary>
    LineDisagrees,

    /// <summary>An entry is not of the form that its place needs, so that it is passed over.</summary>
    MalformedEntry,

    /// <summary>A key has another type than its name says.</summary>
    WrongType,

    /// <summary>A dead job is not in the group of its error.</summary>
    NotInGroup,

    /// <summary>A group of dead jobs holds one that is not dead, or is of another group.</summary>
    NotOfGroup,

    /// <summary>A group of dead jobs has no description, or a description has no group.</summary>
    GroupDescription,

    /// <summary>The bytes kept of a list of finished jobs are not the sum over the list, so that retention by size is wrong.</summary>
    BytesWrong,

    /// <summary>Something is kept of a job that does not exist: a request to stop, crashes, progress, log lines or steps.</summary>
    LeftOver,

    /// <summary>Jobs are leased to workers that are gone, and nobody has looked for such jobs for more than a minute.</summary>
    NotRecovered,
}
