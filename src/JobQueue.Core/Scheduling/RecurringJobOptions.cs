namespace JobQueue;

/// <summary>How the jobs of a recurring job are to be enqueued.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class RecurringJobOptions
{
    /// <summary>The queue its jobs wait in, a valid name. Default: the handler's, else <c>default</c>.</summary>
    public string? Queue { get; set; }

    /// <summary>How urgent its jobs are. Default: the handler's, else <see cref="JobPriority.Normal"/>.</summary>
    public JobPriority? Priority { get; set; }

    /// <summary>What becomes of missed occurrences. Default: <see cref="MisfirePolicy.FireOnce"/>.</summary>
    public MisfirePolicy Misfire { get; set; }

    /// <summary>Most missed occurrences that <see cref="MisfirePolicy.CatchUp"/> makes up for, the latest ones; 1 to 1,000. Default: 10.</summary>
    public int MaxCatchUp { get; set; } = 10;

    /// <summary>What happens when the job before has not ended. Default: <see cref="OverlapPolicy.Allow"/>.</summary>
    public OverlapPolicy Overlap { get; set; }

    /// <summary>No occurrence comes before it; an interval is counted from it, with an occurrence at it. Default: none.</summary>
    public DateTimeOffset? StartsAt { get; set; }

    /// <summary>No occurrence comes after it; later than <see cref="StartsAt"/>. Default: none.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    /// <summary>
    /// Whether it fires, until somebody switches it with <see cref="IJobScheduler.EnableAsync"/> or <see cref="IJobScheduler.DisableAsync"/>: a switch
    /// outlives a new registration. Default: <see langword="true"/>.
    /// </summary>
    public bool Enabled { get; set; } = true;
}
