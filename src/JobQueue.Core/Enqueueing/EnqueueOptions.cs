namespace JobQueue;

/// <summary>
/// How one job is to run. What is left unset is taken from the handler's registration in this process, then from
/// <see cref="JobQueueOptions"/>.
/// </summary>
/// <remarks>Not thread-safe: made anew for each call.</remarks>
public sealed class EnqueueOptions
{
    /// <summary>Of a call that sets nothing. Only read.</summary>
    internal static readonly EnqueueOptions None = new();

    private List<string>? _tags;
    private Dictionary<string, string>? _headers;

    /// <summary>
    /// The job's id, so that the same job enqueued twice exists once; see <see cref="JobId.FromKey"/>. Default: a new id.
    /// </summary>
    public JobId? Id { get; set; }

    /// <summary>
    /// What the job belongs to, such as a customer or an order, 1 to 200 characters: jobs of one key are on the same shard, so that within a queue and priority they
    /// start in the order in which they were enqueued. With an <see cref="Id"/>, the id's last byte becomes the shard's. Where <see cref="JobQueueOptions.Shards"/> is
    /// raised, some keys move: their new jobs no longer wait behind those before, nor does an <see cref="Id"/> of before count as the same.
    /// It is not kept with the job. Default: none, and jobs go to the shards in turn.
    /// </summary>
    public string? PartitionKey { get; set; }

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

    /// <summary>
    /// How long after it became due the job may still start, 1 ms to 365 days; later it is dead without running. Each time
    /// it becomes due counts: after a delay, a retry, a snooze. Measured from the clock of the process that enqueues to Redis's, so
    /// allow for their difference. Default: any time.
    /// </summary>
    public TimeSpan? ExpiresAfter { get; set; }

    /// <summary>
    /// The end of all attempts together, an instant of the caller's clock, after the job becomes due and before the year 10000:
    /// a running attempt is stopped at it, and none begins after it. Default: none.
    /// </summary>
    public DateTimeOffset? Deadline { get; set; }

    /// <summary>The user the job is for, at most 200 characters; kept with the job and shown to its handler. Default: none.</summary>
    public string? UserId { get; set; }

    /// <summary>Labels to find the job by, at most 16 of 1 to 64 characters each. Default: none.</summary>
    public IList<string> Tags => _tags ??= [];

    /// <summary>
    /// What travels with the job beside its arguments, such as a tenant or a culture, for middlewares and the handler
    /// (<see cref="JobContext.Headers"/>): at most 16, names of 1 to 64 characters without control characters, told apart by case, and values
    /// of at most 1,024 characters. Default: none.
    /// </summary>
    public IDictionary<string, string> Headers => _headers ??= new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What a request asks for that may be repeated, as a hash; kept with the job.</summary>
    internal string? RequestHash { get; set; }

    /// <summary>The tags, unless there are none; reading them makes none.</summary>
    internal List<string>? TagsIfAny => _tags is { Count: > 0 } tags ? tags : null;

    /// <summary>The headers, unless there are none; reading them makes none.</summary>
    internal Dictionary<string, string>? HeadersIfAny => _headers is { Count: > 0 } headers ? headers : null;
}
