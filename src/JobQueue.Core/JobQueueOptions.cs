using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using JobQueue.Retries;
using StackExchange.Redis;

namespace JobQueue;

/// <summary>
/// Settings of the job queue in this process. Bound from the configuration section <c>JobQueue</c>, then changed by
/// the delegate given to <c>AddJobQueue</c>; validated when the host starts, all errors at once.
/// </summary>
/// <remarks>Read once at start. Not thread-safe for writing: set it up before the host starts.</remarks>
public sealed class JobQueueOptions : IValidatableObject
{
    /// <summary>The configuration section these options are bound from: <c>JobQueue</c>.</summary>
    public const string SectionName = "JobQueue";

    /// <summary>
    /// Where Redis is, in StackExchange.Redis syntax, for example <c>localhost:6379,password=...</c>.
    /// Exactly one of <see cref="ConnectionString"/>, <see cref="ConnectionMultiplexer"/> and
    /// <see cref="ConnectionFactory"/> must be set. Default: none.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// A connection that the host owns and shares; it is never disposed here. The heartbeat then shares it too, so a
    /// large reply that blocks it can delay a beat: a connection string gives the heartbeat a connection of its own. Nor is it
    /// replaced when nothing is answered over it any more: that is left to the host. Default: none.
    /// </summary>
    public IConnectionMultiplexer? ConnectionMultiplexer { get; set; }

    /// <summary>
    /// Makes connections. Called once for the job traffic and, in a process that runs workers, once for the heartbeat, and
    /// again when nothing was answered over one of them for <see cref="CallTimeout"/>: a connection that answers takes its place.
    /// All are disposed when they are not used any more, or the host's services are. Default: none.
    /// </summary>
    public Func<CancellationToken, Task<IConnectionMultiplexer>>? ConnectionFactory { get; set; }

    /// <summary>
    /// First part of every key, so that several applications can share a Redis database: 1 to 64 letters, digits,
    /// dots, hyphens and underscores. Default: <c>jq</c>.
    /// </summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", ErrorMessage = "KeyPrefix must be 1 to 64 letters, digits, dots, hyphens or underscores, starting with a letter or digit.")]
    public string KeyPrefix { get; set; } = "jq";

    /// <summary>
    /// Whether this process runs jobs. <see langword="false"/> makes a client that only enqueues, reads and manages.
    /// Default: <see langword="true"/>.
    /// </summary>
    public bool RunWorkers { get; set; } = true;

    /// <summary>
    /// Whether this process declares and fires recurring jobs; it can register and switch them through <see cref="IJobScheduler"/> in any case. With
    /// <see langword="true"/> a process that runs no workers is a scheduler alone. Default: <see langword="null"/>, as <see cref="RunWorkers"/>.
    /// </summary>
    public bool? RunScheduler { get; set; }

    /// <summary>
    /// The application that owns the recurring jobs this process's code declares, 1 to 200 characters: processes of one name keep them together,
    /// and no other application changes them. Default: the host environment's application name, else the name of the entry assembly.
    /// </summary>
    [StringLength(200, MinimumLength = 1)]
    public string? ApplicationName { get; set; }

    /// <summary>
    /// Shortest interval of a recurring job, 100 ms to 1 h: a guard against a slip of the pen that fills a queue. Default: 1 s.
    /// </summary>
    [DurationRange("00:00:00.1000000", "01:00:00")]
    public TimeSpan MinRecurringInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Name that begins this worker's id, so that people recognise it: 1 to 100 letters, digits, dots, hyphens and
    /// underscores. Default: the machine's name, unsuitable characters replaced by hyphens.
    /// </summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", ErrorMessage = "WorkerName must be 1 to 100 letters, digits, dots, hyphens or underscores, starting with a letter or digit.")]
    public string WorkerName { get; set; } = Names.FromMachine(Environment.MachineName);

    /// <summary>Jobs that run at the same time in this process, 1 to 1,000. Default: 20.</summary>
    [Range(1, 1_000)]
    public int Concurrency { get; set; } = 20;

    /// <summary>
    /// Most jobs leased ahead of a free slot, 0 to 500; used only while jobs are short (recent median duration times
    /// prefetch below 50 ms). Default: 100.
    /// </summary>
    [Range(0, 500)]
    public int MaxPrefetch { get; set; } = 100;

    /// <summary>
    /// Queues this process takes jobs from, each a valid name; empty means every queue, also ones that appear later.
    /// Default: empty.
    /// </summary>
    public IList<string> Queues { get; } = [];

    /// <summary>
    /// How waiting jobs of different priorities share a worker; <see langword="null"/> takes a more urgent one always first.
    /// Default: <see langword="null"/>.
    /// </summary>
    public PriorityWeights? PriorityWeights { get; set; }

    /// <summary>
    /// Most jobs of a queue that run at the same time in this process, 1 to 1,000, all pools together; see
    /// <see cref="Queue"/>. Other queues do not wait for such jobs. Default: empty, no limits.
    /// </summary>
    public IDictionary<string, int> QueueConcurrency { get; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Largest size of a job's serialised arguments in bytes, 1 to 1,048,576. Default: 1,048,576 (1 MiB).</summary>
    [Range(1, 1_048_576)]
    public int MaxPayloadBytes { get; set; } = 1_048_576;

    /// <summary>
    /// Times a failed job is tried again when neither the job nor its handler says otherwise, 0 to 100. Default: 3.
    /// </summary>
    [Range(0, 100)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>
    /// Longest one attempt may take when neither the job nor its handler says otherwise, above zero and at most 24 h.
    /// Default: 30 minutes.
    /// </summary>
    [DurationRange("00:00:00.0010000", "1.00:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Largest result that is kept, in bytes of JSON, 0 to 1,048,576. A job with a larger one has completed all the same, and
    /// <see cref="Job.ResultDropped"/> says how large it was. Default: 262,144 (256 KiB).
    /// </summary>
    [Range(0, 1_048_576)]
    public int MaxResultBytes { get; set; } = 262_144;

    /// <summary>
    /// How long a handler may go on after its token has fired, 0 to 10 min. Then its job is reported without it, and another
    /// slot takes its place (<see cref="MaxStuckSlots"/>). Default: 10 s.
    /// </summary>
    [DurationRange("00:00:00", "00:10:00")]
    public TimeSpan TimeoutGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Slots of a pool that are replaced while handlers that do not stop hold them, 0 to 1,000. Beyond that the pool shrinks and is
    /// unhealthy. Default: 4.
    /// </summary>
    [Range(0, 1_000)]
    public int MaxStuckSlots { get; set; } = 4;

    /// <summary>
    /// A job whose process has died under it this often within <see cref="CrashWindow"/> is dead, 1 to 100. One crash before
    /// that it runs alone: its process runs and leases nothing else meanwhile, in none of its pools, so that only a job that kills
    /// its process by itself comes to the last crash. With 1 there is no such trial, and every job that ran in a process that died
    /// is dead. Default: 3.
    /// </summary>
    [Range(1, 100)]
    public int MaxCrashes { get; set; } = 3;

    /// <summary>For how long a crash of a job counts, 1 min to 30 days. Default: 24 h.</summary>
    [DurationRange("00:01:00", "30.00:00:00")]
    public TimeSpan CrashWindow { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// For how long a job waits whose handler no live worker knows, 0 to 30 days; then it is dead. Default: 1 h.
    /// </summary>
    [DurationRange("00:00:00", "30.00:00:00")]
    public TimeSpan UnknownHandlerGrace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// What running handlers do when Redis has not answered for as long as the lease lasts, so that their jobs may be
    /// taken for lost. Default: <see cref="LeaseUncertainty.Continue"/>.
    /// </summary>
    [EnumDataType(typeof(LeaseUncertainty))]
    public LeaseUncertainty OnLeaseUncertain { get; set; }

    /// <summary>
    /// Outcomes of jobs that wait to be stored while Redis is away, 1 to 1,000,000; when as many wait, running jobs wait to
    /// report and no new one starts. Default: 10,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int SettleBufferSize { get; set; } = 10_000;

    /// <summary>How long to wait before a retry, for handlers that do not say otherwise. Default: see <see cref="RetryBackoff"/>.</summary>
    [Required]
    public RetryBackoff Backoff { get; set; } = new();

    /// <summary>
    /// How long a worker keeps the right to its jobs after its last heartbeat, 1 s to 10 min. A worker that dies is
    /// noticed after at most this long. Default: 10 s.
    /// </summary>
    [DurationRange("00:00:01", "00:10:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between heartbeats, 100 ms to 1 min, at most a third of <see cref="LeaseDuration"/>. Default: 2 s.</summary>
    [DurationRange("00:00:00.1000000", "00:01:00")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Longest wait of an idle worker before it looks for work again when no wake-up reaches it, 50 ms to 1 min.
    /// Default: 1 s.
    /// </summary>
    [DurationRange("00:00:00.0500000", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Longest time one call to Redis may take, retries included, before the caller is told that Redis is unavailable,
    /// 100 ms to 1 min. Default: 5 s.
    /// </summary>
    [DurationRange("00:00:00.1000000", "00:01:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many replicas must have a job, a dead letter's new round or a recurring job before the call that stores it returns, 0 to 10. With 0 the master's answer is
    /// enough, and a fail-over can lose the last that it has acknowledged. With more, calls travel over a connection of their own to the master, and one that too few
    /// replicas acknowledge within <see cref="CallTimeout"/> fails with <c>JQ1116</c>: the job is stored and may run all the same. Needs
    /// <see cref="ConnectionString"/>, and a server with <c>WAIT</c> (not Garnet). Default: 0.
    /// </summary>
    [Range(0, 10)]
    public int ReplicasToAcknowledge { get; set; }

    /// <summary>
    /// How many shards new jobs are spread over, 1 to 256: parts of the store that a Redis Cluster may keep on different nodes. Give every process the same. The number
    /// may be raised at any time, one process after the other; where the store has more already, this process works on all of them, and new jobs go to the first so many
    /// only. A job stays on the shard that its id names. Recurring jobs, and jobs with an <see cref="EnqueueOptions.Id"/> from <see cref="JobId.FromKey"/> or
    /// <see cref="JobId.FromGuid"/> without an <see cref="EnqueueOptions.PartitionKey"/>, are on the first. Default: 1.
    /// </summary>
    [Range(1, 256)]
    public int Shards { get; set; } = 1;

    /// <summary>
    /// How long running jobs may go on when the host stops; then their tokens fire and they are handed back to their
    /// queues without using an attempt. 0 to 10 min, and below the host's own <c>HostOptions.ShutdownTimeout</c>
    /// (30 s unless changed). Default: 25 s.
    /// </summary>
    [DurationRange("00:00:00", "00:10:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>
    /// How much is kept of jobs that are completed, cancelled or dead, in this process's turns at removing the rest; give
    /// every process the same. Default: see <see cref="JobRetention"/>.
    /// </summary>
    [Required]
    public JobRetention Retention { get; set; } = new();

    /// <summary>
    /// How arguments and results become JSON. Without a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, types are read by
    /// reflection; a host that is trimmed sets its <c>JsonSerializerContext</c> there. A copy is used, so later changes have no
    /// effect. Default: <c>snake_case</c> names (a <see cref="JsonSerializerOptions.PropertyNamingPolicy"/> of <see langword="null"/> leaves them as
    /// declared), read without regard to case; constructor parameters without a default are required; unknown members are ignored; numbers and
    /// enums as System.Text.Json does.
    /// </summary>
    [Required]
    public JsonSerializerOptions SerializerOptions { get; set; } = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        PropertyNameCaseInsensitive = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Pools that were added with <c>AddWorkers</c>, in that order.</summary>
    internal List<KeyValuePair<string, WorkerPoolOptions>> Pools { get; } = [];

    /// <summary>Limits a queue: at most so many of its jobs run at the same time in this process.</summary>
    /// <param name="name">The queue.</param>
    /// <param name="concurrency">How many, 1 to 1,000; checked when the host starts.</param>
    public void Queue(string name, int concurrency) => QueueConcurrency[name] = concurrency;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var sources = (ConnectionString is null ? 0 : 1) + (ConnectionMultiplexer is null ? 0 : 1) + (ConnectionFactory is null ? 0 : 1);
        if (sources != 1)
        {
            yield return new ValidationResult(
                sources == 0
                    ? "No connection is configured: set one of ConnectionString, ConnectionMultiplexer and ConnectionFactory, for example \"JobQueue:ConnectionString\": \"localhost:6379\"."
                    : "More than one connection is configured: set only one of ConnectionString, ConnectionMultiplexer and ConnectionFactory.",
                [nameof(ConnectionString), nameof(ConnectionMultiplexer), nameof(ConnectionFactory)]);
        }

        if (ReplicasToAcknowledge > 0 && ConnectionString is null)
        {
            yield return new ValidationResult(
                $"ReplicasToAcknowledge ({ReplicasToAcknowledge}) needs a ConnectionString: the wait for replicas stops everything behind it on its connection, so it gets one of its own, which is made from the string.",
                [nameof(ReplicasToAcknowledge), nameof(ConnectionString)]);
        }

        if (HeartbeatInterval * 3 > LeaseDuration)
        {
            yield return new ValidationResult(
                $"HeartbeatInterval ({HeartbeatInterval}) must be at most a third of LeaseDuration ({LeaseDuration}), so that one lost beat does not lose the lease.",
                [nameof(HeartbeatInterval), nameof(LeaseDuration)]);
        }

        foreach (var queue in Queues)
        {
            if (!Names.IsValid(queue))
            {
                yield return new ValidationResult($"Queues contains '{Names.Shorten(queue)}', which is not a valid name: {Names.Rule}.", [nameof(Queues)]);
            }
        }

        foreach (var result in (Backoff?.Validate(nameof(Backoff)) ?? []).Concat(PriorityWeights?.Validate(nameof(PriorityWeights)) ?? []).Concat(ValidateQueues()))
        {
            yield return result;
        }

        foreach (var result in Retention?.Validate(nameof(Retention)) ?? [])
        {
            yield return result;
        }
    }

    private IEnumerable<ValidationResult> ValidateQueues()
    {
        foreach (var (queue, concurrency) in QueueConcurrency)
        {
            if (!Names.IsValid(queue) || concurrency is < 1 or > 1_000)
            {
                yield return new ValidationResult(
                    $"QueueConcurrency allows {concurrency} jobs of queue '{Names.Shorten(queue)}': the number must be from 1 to 1000, and a name is {Names.Rule}. To run none of its jobs, pause the queue.",
                    [nameof(QueueConcurrency)]);
            }
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, pool) in Pools)
        {
            if (!names.Add(name))
            {
                yield return new ValidationResult($"AddWorkers(\"{Names.Shorten(name)}\") was called twice: give each pool a name of its own.", [nameof(Pools)]);
            }

            foreach (var result in pool.Validate(name))
            {
                yield return result;
            }
        }
    }
}
