namespace JobQueue;

/// <summary>
/// How one job is to run. What is left unset is taken from the handler's registration in this process, then from
/// <see cref="JobQueueOptions"/>.
/// </summary>
/// <remarks>Not thread-safe: made anew for each call.</remarks>
public sealed class EnqueueOptions
{
    /// <summary>
    /// The job's id, so that the same job enqueued twice exists once; see <see cref="JobId.FromKey"/>. Default: a new id.
    /// </summary>
    public JobId? Id { get; set; }

    /// <summary>
    /// How long to wait before the job is due, counted by Redis's clock from the moment it is stored; zero or more, and
    /// ending before the year 10000. Not together with <see cref="ScheduledAt"/>. Default: none.
    /// </summary>
    public TimeSpan? Delay { get; set; }

    /// <summary>
    /// When the job is due: an instant of the caller's clock, before the year 10000; one in the past runs at once. Not
    /// together with <see cref="Delay"/>. Default: none.
    /// </summary>
    public DateTimeOffset? ScheduledAt { get; set; }

    /// <summary>How urgent the job is. Default: the handler's priority, else <see cref="JobPriority.Normal"/>.</summary>
    public JobPriority? Priority { get; set; }

    /// <summary>The queue it waits in, a valid name. Default: the handler's queue, else <c>default</c>.</summary>
    public string? Queue { get; set; }

    /// <summary>Times it is tried again after a failure, 0 to 100. Default: the handler's setting where it runs.</summary>
    public int? MaxRetries { get; set; }

    /// <summary>Longest one attempt may take, 1 ms to 24 h. Default: the handler's setting where it runs.</summary>
    public TimeSpan? Timeout { get; set; }
}
