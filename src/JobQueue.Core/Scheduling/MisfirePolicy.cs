namespace JobQueue;

/// <summary>What becomes of occurrences that nobody was there to enqueue: all processes were down, Redis was away.</summary>
public enum MisfirePolicy
{
    /// <summary>One job for all that were missed, with the time of the latest.</summary>
    FireOnce,

    /// <summary>None. An occurrence that is less than a minute late, with no later one due, is not missed.</summary>
    Skip,

    /// <summary>A job for each of the latest ones, at most <see cref="RecurringJobOptions.MaxCatchUp"/>, oldest first.</summary>
    CatchUp,
}
