using JobQueue.Handlers;
using JobQueue.Retries;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Workers;

/// <summary>
/// Runs one attempt of a job in a scope of its own, with the timers that stop it, and claims its lease to report how it
/// ended: only who has claimed it may write into its record. Safe to use from any thread.
/// </summary>
internal sealed class AttemptRunner(
    IServiceScopeFactory scopes,
    HandlerPipeline pipeline,
    JobQueueOptions options,
    RetryPolicy retries,
    DurationWindow durations,
    AttemptTotals totals,
    AttemptReport report,
    AttemptObserver observer,
    TimeProvider time)
{
    private readonly HandlerServices _services = new(scopes, options.SerializerOptions);

    /// <returns>How the attempt ended, or null when the lease was lost meanwhile.</returns>
    public async ValueTask<Settlement?> RunAsync(Lease lease, JobRecord record, HandlerRegistration handler, AttemptClock clock)
    {
        record.UnknownSince = null;
        var attempt = Begin(lease, record, handler);
        var observed = observer.Begin(lease, record, attempt.Context);
        Exception? error = null;
        try
        {
            try
            {
                await InvokeAsync(lease, record, attempt, clock).ConfigureAwait(false);
            }
            finally
            {
                await attempt.Context.EndServicesAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // Every kind: an array that is too large for memory fails the job that wanted it, and not the slot that runs the next.
            error = e;
        }

        var duration = time.GetElapsedTime(attempt.Began);
        durations.Add(duration);
        var settlement = lease.TryClaim() ? report.Ended(lease, record, attempt, attempt.Context.ResultBytes, error) : null;
        if (settlement is { } ended)
        {
            totals.Add(ended.Kind, duration);
        }

        observer.End(observed, lease, settlement, error);
        return settlement;
    }

    private Attempt Begin(Lease lease, JobRecord record, HandlerRegistration handler)
    {
        var startedAt = lease.Grant.ServerNow;
        var waited = TimeSpan.FromMilliseconds(startedAt - record.DueAt);
        var context = new JobContext(record, handler, _services, record.RetryCount + 1, retries.MaxRetriesOf(record, handler), startedAt);
        return lease.Attempt = new Attempt(lease, context, time.GetTimestamp(), waited);
    }

    private async Task InvokeAsync(Lease lease, JobRecord record, Attempt attempt, AttemptClock clock)
    {
        using var running = new CancellationTokenSource();
        var (timeout, reason) = TimeLeft(record, attempt);
        clock.Begin(lease, timeout, reason);
        lease.Began(running);
        attempt.Begin(running.Token);
        try
        {
            await pipeline.RunAsync(attempt.Context).ConfigureAwait(false);
        }
        finally
        {
            await attempt.EndAsync().ConfigureAwait(false);
            clock.End();
            lease.Ended();
        }
    }

    /// <summary>Whichever of the two clocks ends first.</summary>
    private (TimeSpan Time, StopReason Reason) TimeLeft(JobRecord record, Attempt attempt)
    {
        var timeout = retries.TimeoutOf(record, attempt.Handler);
        if (record.Deadline is { } deadline && deadline - attempt.StartedAt < timeout.TotalMilliseconds)
        {
            return (TimeSpan.FromMilliseconds(Math.Max(0, deadline - attempt.StartedAt)), StopReason.Deadline);
        }

        return (timeout, StopReason.Timeout);
    }
}
