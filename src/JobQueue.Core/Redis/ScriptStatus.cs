namespace JobQueue.Redis;

/// <summary>What a script answers for a call or an id. The numbers are named again at the head of each script.</summary>
internal enum ScriptStatus : byte
{
    /// <summary>Carried out by this call.</summary>
    Applied = 0,

    /// <summary>Carried out by an earlier sending of the same call.</summary>
    AlreadyApplied = 1,

    /// <summary>The lease is not, or no longer, the caller's.</summary>
    Refused = 2,

    /// <summary>The job runs, and its handler was asked to stop.</summary>
    Cancelling = 3,

    /// <summary>The job was asked to stop and must be settled as cancelled.</summary>
    Cancelled = 4,

    /// <summary>The worker is not live.</summary>
    Lost = 5,

    /// <summary>A higher number was seen before.</summary>
    Stale = 6,

    /// <summary>Nobody is declared lost until the grace after an outage is over.</summary>
    Grace = 7,

    /// <summary>The job is not in the place that the call needs.</summary>
    NotFound = 8,

    /// <summary>The record has changed since it was read.</summary>
    Conflict = 9,
}
