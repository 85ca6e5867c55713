namespace JobQueue;

/// <summary>What happens when an occurrence comes while the job of the one before it has not ended.</summary>
public enum OverlapPolicy
{
    /// <summary>Its job is enqueued: both may run at the same time.</summary>
    Allow,

    /// <summary>It is left out while the job before it waits, runs or is to be retried.</summary>
    SkipIfRunning,
}
