using System.Collections.ObjectModel;
using System.Text.Json;
using JobQueue.Diagnostics;
using JobQueue.Handlers;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue;

/// <summary>What a handler may know about the attempt it is running, and what it may ask for.</summary>
/// <remarks>
/// Valid while the handler runs. Safe to use from any thread, except <see cref="Items"/>, <see cref="CancellationToken"/> and
/// <see cref="SetResult{TResult}"/>, which belong to one at a time.
/// </remarks>
public sealed class JobContext
{
    internal static readonly TimeSpan SnoozeCeiling = TimeSpan.FromDays(365);

    private readonly JobRecord _record;
    private readonly HandlerServices _services;
    private IServiceScope? _scope;
    private Dictionary<object, object?>? _items;
    private RareWords? _said;

    internal JobContext(JobRecord record, HandlerRegistration handler, HandlerServices services, int attempt, int maxRetries, long startedAt)
    {
        _record = record;
        _services = services;
        Handler = handler;
        Attempt = attempt;
        MaxRetries = maxRetries;
        StartedMs = startedAt;
    }

    /// <summary>The job's id.</summary>
    public JobId Id => _record.Id;

    /// <summary>The handler's name.</summary>
    public string Name => _record.Name;

    /// <summary>The queue the job was taken from.</summary>
    public string Queue => _record.Queue;

    /// <summary>The job's priority.</summary>
    public JobPriority Priority => _record.Priority;

    /// <summary>Which attempt of this round it is, from 1.</summary>
    public int Attempt { get; }

    /// <summary>Retries allowed in a round: an attempt above this number is the last.</summary>
    public int MaxRetries { get; }

    /// <summary>How often <see cref="Snooze"/> has put this job off so far.</summary>
    public int Snoozes => _record.Snoozes;

    /// <summary>The user it was enqueued for, as the caller named it.</summary>
    public string? UserId => _record.UserId;

    /// <summary>The caller's labels.</summary>
    public IReadOnlyList<string> Tags => _record.Tags ?? [];

    /// <summary>What the caller sent along with the arguments (<see cref="EnqueueOptions.Headers"/>); empty when there is nothing.</summary>
    public IReadOnlyDictionary<string, string> Headers => _record.Headers ?? ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The name of the recurring job that enqueued it; <see langword="null"/> when it was enqueued otherwise.</summary>
    public string? RecurringJob => _record.Recurring;

    /// <summary>
    /// The occurrence of <see cref="RecurringJob"/> that the job was enqueued for: what a report of yesterday should go by, however late it runs.
    /// <see langword="null"/> when that was run at once, or there is none.
    /// </summary>
    public DateTimeOffset? Occurrence => _record.Occurrence is { } occurrence ? DateTimeOffset.FromUnixTimeMilliseconds(occurrence) : null;

    /// <summary>When the job was enqueued, by the clock of the process that enqueued it.</summary>
    public DateTimeOffset EnqueuedAt => DateTimeOffset.FromUnixTimeMilliseconds(_record.CreatedAt);

    /// <summary>When this attempt began, by Redis's clock.</summary>
    public DateTimeOffset StartedAt => DateTimeOffset.FromUnixTimeMilliseconds(StartedMs);

    /// <summary>The services of this attempt: a scope that is made when this is first read, and disposed when the handler has ended.</summary>
    /// <exception cref="ObjectDisposedException">The handler has ended.</exception>
    public IServiceProvider Services => (Volatile.Read(ref _scope) ?? OpenScope()).ServiceProvider;

    /// <summary>
    /// What the handler is given: fires on timeout, on cancel, on shutdown and when the lease is lost. A middleware may set one
    /// that is linked with it.
    /// </summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>For middlewares and the handler to pass things to each other within this attempt. Empty at first.</summary>
    public IDictionary<object, object?> Items => _items ??= [];

    /// <summary>The arguments, as the JSON that the caller's serialiser wrote.</summary>
    public ReadOnlyMemory<byte> Args => _record.Args;

    /// <summary>The result so far, as JSON; null while there is none.</summary>
    public ReadOnlyMemory<byte>? Result => ResultBytes is { } bytes ? bytes : default(ReadOnlyMemory<byte>?); // A null array would become empty memory.

    internal HandlerRegistration Handler { get; }

    /// <summary>When this attempt began, by Redis's clock, in ms.</summary>
    internal long StartedMs { get; }

    /// <summary>How far the handler has said that it has come; null while it has not.</summary>
    internal double? Progress => Volatile.Read(ref _said)?.Progress is >= 0 and var fraction ? fraction : null;

    internal byte[]? ResultBytes { get; private set; }

    /// <summary>Zero when the handler has not put the job off.</summary>
    internal TimeSpan SnoozeDelay => _said?.SnoozeDelay ?? TimeSpan.Zero;

    internal string? DiscardReason => _said?.DiscardReason;

    /// <summary>Set while the attempt runs.</summary>
    internal IAttemptStore? Store { get; set; }

    private RareWords Said => Volatile.Read(ref _said) ?? Interlocked.CompareExchange(ref _said, new RareWords(), null) ?? _said;

    private IAttemptStore Attempting => Store ?? throw Errors.NoAttempt();

    /// <summary>Reads the arguments with <see cref="JobQueueOptions.SerializerOptions"/>.</summary>
    /// <typeparam name="TArgs">Their type.</typeparam>
    /// <returns>The arguments.</returns>
    /// <exception cref="JobQueueException">They do not fit the type. A handler that lets this pass fails for good: another attempt would read the same.</exception>
    public TArgs ReadArgs<TArgs>()
    {
        try
        {
            return (TArgs)JsonSerializer.Deserialize(Args.Span, _services.Serializer.GetTypeInfo(typeof(TArgs)))!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Errors.ArgsUnreadable(Name, typeof(TArgs), e);
        }
    }

    /// <summary>
    /// Sets the job's result, in place of an earlier one; written as JSON with <see cref="JobQueueOptions.SerializerOptions"/>. It is kept
    /// when the attempt completes.
    /// </summary>
    /// <typeparam name="TResult">The type to write it as.</typeparam>
    /// <param name="result">The result.</param>
    /// <exception cref="JsonException">The serialiser failed.</exception>
    /// <exception cref="NotSupportedException">The serialiser has no way to write the type.</exception>
    public void SetResult<TResult>(TResult result) => ResultBytes = JsonSerializer.SerializeToUtf8Bytes(result, _services.Serializer.GetTypeInfo(typeof(TResult)));

    /// <summary>
    /// Puts the job off: when the handler returns, the job waits for <paramref name="delay"/> and runs again. No attempt
    /// is used. The last call of <see cref="Snooze"/> and <see cref="Discard"/> stands; a handler that throws has failed
    /// all the same.
    /// </summary>
    /// <param name="delay">How long, above zero and at most 365 days.</param>
    /// <exception cref="InvalidJobException"><paramref name="delay"/> is out of its range.</exception>
    public void Snooze(TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero || delay > SnoozeCeiling)
        {
            throw Errors.SnoozeOutOfRange(delay);
        }

        (Said.SnoozeDelay, Said.DiscardReason) = (delay, null);
    }

    /// <summary>
    /// Gives the job up: when the handler returns, the job is dead without another attempt, for the reason given. A
    /// person can still retry it.
    /// </summary>
    /// <param name="reason">Why, for people; cut at 4,096 characters.</param>
    /// <exception cref="ArgumentException"><paramref name="reason"/> is null or blank.</exception>
    public void Discard(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        (Said.SnoozeDelay, Said.DiscardReason) = (TimeSpan.Zero, reason.Length <= JobAttempt.MaxMessageLength ? reason : reason[..JobAttempt.MaxMessageLength]);
    }

    /// <summary>
    /// Says how far the job has come, in place of what was said before: <see cref="Job.Progress"/>, and those who watch are told. Calls
    /// that come while one is on its way to Redis share the next, and only the newest counts.
    /// </summary>
    /// <remarks>
    /// Never fails because Redis is away: the newest progress then goes with a later call. Does nothing once the handler has
    /// returned or the lease is lost.
    /// </remarks>
    /// <param name="fraction">From 0, nothing is done, to 1, all is.</param>
    /// <param name="message">For people; cut at 1,024 characters.</param>
    /// <returns>A task that ends when Redis has it; it may be left alone.</returns>
    /// <exception cref="InvalidJobException"><paramref name="fraction"/> is out of its range.</exception>
    /// <exception cref="InvalidOperationException">No attempt runs.</exception>
    public Task ReportProgressAsync(double fraction, string? message = null)
    {
        if (fraction is not (>= 0 and <= 1))
        {
            throw Errors.ProgressOutOfRange(fraction);
        }

        var told = Attempting.ReportProgressAsync(fraction, message);
        Said.Progress = fraction;
        return told;
    }

    /// <summary>
    /// Writes a line into the job's log, which is kept as long as the job, over all of its attempts: the newest 200 lines
    /// (<see cref="IJobMonitor.GetLogAsync"/>). Calls that come while one is on its way to Redis share the next.
    /// </summary>
    /// <remarks>
    /// Never fails because Redis is away: lines are then dropped, and a later line says how many. Does nothing once the handler
    /// has returned or the lease is lost.
    /// </remarks>
    /// <param name="line">The text, also of several lines; cut at 4,096 bytes of UTF-8.</param>
    /// <returns>A task that ends when Redis has it; it may be left alone.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="line"/> is null.</exception>
    /// <exception cref="InvalidOperationException">No attempt runs.</exception>
    public Task LogAsync(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return Attempting.LogAsync(line);
    }

    /// <summary>
    /// Runs a step of the job unless it was done before, in this attempt or an earlier one: once it has been done and noted, it is not run
    /// again for this job, also after a retry, a crash, or a requeue by a person.
    /// </summary>
    /// <remarks>
    /// A process that dies after the step's effect and before it is noted runs the step again: let the far side know repeats by the
    /// key <c>{job.Id}:{step}</c>. While Redis is away the call waits, until <see cref="CancellationToken"/> fires. A step that throws is
    /// not done. Calls of one step at the same time run it once.
    /// </remarks>
    /// <param name="step">Names the step within the job; a valid name. At most 256 steps a job.</param>
    /// <param name="action">The step; it is given <see cref="CancellationToken"/>.</param>
    /// <returns>A task that ends when the step is done and noted.</returns>
    /// <exception cref="JobQueueException">The name is not valid, or there are too many steps. A handler that lets this pass fails for good.</exception>
    /// <exception cref="OperationCanceledException">The lease is lost, or the attempt was asked to stop before Redis had noted the step.</exception>
    /// <exception cref="InvalidOperationException">No attempt runs.</exception>
    public Task OnceAsync(string step, Func<CancellationToken, Task> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Attempting.OnceAsync(step, action, CancellationToken);
    }

    /// <summary>
    /// Runs a step of the job unless it was done before, and gives its result: the step's own, or what was stored of it, written and read
    /// as JSON with <see cref="JobQueueOptions.SerializerOptions"/>.
    /// </summary>
    /// <remarks><inheritdoc cref="OnceAsync(string, Func{CancellationToken, Task})" path="/remarks/node()" /></remarks>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="step">Names the step within the job; a valid name. At most 256 steps a job.</param>
    /// <param name="action">The step; it is given <see cref="CancellationToken"/>. Its result is at most 65,536 bytes of JSON.</param>
    /// <returns>The result.</returns>
    /// <exception cref="JobQueueException">
    /// The name is not valid, there are too many steps, the result is too large or can't be written, or the stored one is not of this type.
    /// A handler that lets this pass fails for good.
    /// </exception>
    /// <exception cref="OperationCanceledException">The lease is lost, or the attempt was asked to stop before Redis had stored the result.</exception>
    /// <exception cref="InvalidOperationException">No attempt runs.</exception>
    public Task<T> OnceAsync<T>(string step, Func<CancellationToken, Task<T>> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Attempting.OnceAsync(step, action, CancellationToken);
    }

    /// <summary>The handler has ended: disposes the scope, if there is one.</summary>
    internal ValueTask EndServicesAsync()
    {
        var scope = Interlocked.Exchange(ref _scope, EndedScope.Instance);
        if (scope is IAsyncDisposable disposable)
        {
            return disposable.DisposeAsync();
        }

        scope?.Dispose();
        return ValueTask.CompletedTask;
    }

    private IServiceScope OpenScope()
    {
        var scope = _services.Scopes.CreateScope();
        if (Interlocked.CompareExchange(ref _scope, scope, null) is not { } other)
        {
            return scope;
        }

        scope.Dispose(); // Another thread was faster, or the handler has ended: nothing was taken from this one.
        return other;
    }

    /// <summary>What few handlers say of their attempt: it takes no room in the others.</summary>
    private sealed class RareWords
    {
        private double _progress = -1;

        public TimeSpan SnoozeDelay { get; set; }

        public string? DiscardReason { get; set; }

        /// <summary>Below zero when there is none.</summary>
        public double Progress
        {
            get => Volatile.Read(ref _progress);
            set => Volatile.Write(ref _progress, value);
        }
    }

    /// <summary>Stands in when the handler has ended.</summary>
    private sealed class EndedScope : IServiceScope
    {
        public static readonly EndedScope Instance = new();

        public IServiceProvider ServiceProvider => throw new ObjectDisposedException(nameof(JobContext), "The job's handler has ended, and the services of its attempt with it.");

        public void Dispose()
        {
            // Nothing is held here.
        }
    }
}
