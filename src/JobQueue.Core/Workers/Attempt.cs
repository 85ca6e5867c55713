using JobQueue.Diagnostics;
using JobQueue.Handlers;
using JobQueue.Monitoring;

namespace JobQueue.Workers;

/// <summary>
/// One run of a handler: what is needed to report it, also by somebody who gives up waiting for it, and what it writes beside its job's record, made
/// when that is first asked for. Each such write carries the lease's token: once Redis has refused one, the handler's token fires and nothing more is sent.
/// Safe to use from any thread.
/// </summary>
/// <param name="lease">The lease it runs under.</param>
/// <param name="context">What the handler was given, and what it asked for.</param>
/// <param name="began">The monotonic timestamp when it began.</param>
/// <param name="waited">How long the job had waited.</param>
internal sealed class Attempt(Lease lease, JobContext context, long began, TimeSpan waited) : IAttemptStore
{
    private AttemptJournal? _journal;
    private AttemptSteps? _steps;

    public HandlerRegistration Handler => Context.Handler;

    public JobContext Context { get; } = context;

    /// <summary>By the server's clock, in ms.</summary>
    public long StartedAt => Context.StartedMs;

    public long Began { get; } = began;

    /// <summary>The statistics' field of the time the job had waited.</summary>
    public string WaitField => DurationBuckets.WaitField(DurationBuckets.Of(waited));

    /// <summary>How long it took; set by who reports it.</summary>
    public TimeSpan Elapsed { get; set; }

    public (TimeSpan Waited, TimeSpan Elapsed) Measured => (waited, Elapsed);

    /// <summary>The handler begins.</summary>
    /// <param name="stopping">Fires when the attempt is asked to stop.</param>
    public void Begin(CancellationToken stopping)
    {
        Context.CancellationToken = stopping;
        Context.Store = this;
    }

    /// <summary>The handler has ended. What it wrote without waiting for it goes out before the attempt is reported, which ends the lease.</summary>
    public Task EndAsync()
    {
        lease.HandlerHasEnded = true;
        return Volatile.Read(ref _journal)?.FlushAsync() ?? Task.CompletedTask;
    }

    public Task ReportProgressAsync(double fraction, string? message) => lease.HandlerHasEnded ? Task.CompletedTask : Journal.ReportAsync(fraction, message);

    public Task LogAsync(string line) => lease.HandlerHasEnded ? Task.CompletedTask : Journal.LogAsync(line);

    public Task OnceAsync(string step, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
        => lease.HandlerHasEnded ? throw Errors.NoAttempt() : Steps.OnceAsync(step, action, cancellationToken);

    public Task<T> OnceAsync<T>(string step, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
        => lease.HandlerHasEnded ? throw Errors.NoAttempt() : Steps.OnceAsync(step, action, cancellationToken);

    private AttemptStores Stores => lease.Grant.Home.Stores;

    private AttemptJournal Journal => Volatile.Read(ref _journal) ?? First(ref _journal, new AttemptJournal(Stores, lease));

    private AttemptSteps Steps => Volatile.Read(ref _steps) ?? First(ref _steps, new AttemptSteps(Stores, lease, Context.Id, lease.Stopping));

    /// <summary>What is there, or what is made: threads that ask at the same time get the same.</summary>
    private static T First<T>(ref T? there, T made)
        where T : class
        => Interlocked.CompareExchange(ref there, made, null) ?? made;
}
