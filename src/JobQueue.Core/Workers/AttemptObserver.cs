using System.Diagnostics;
using JobQueue.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>What is seen of an attempt from outside: its span, and the scope of what it logs. Nulls while nobody looks.</summary>
internal readonly record struct ObservedAttempt(Activity? Span, IDisposable? LogScope);

/// <summary>
/// Begins and ends what is seen of attempts. Both are ambient, so an attempt's own asynchronous method calls this. What listeners and logs
/// throw is theirs: no job is lost or fails by it. Safe to use from any thread.
/// </summary>
internal sealed class AttemptObserver(ILogger logger)
{
    public ObservedAttempt Begin(Lease lease, JobRecord record, JobContext job)
    {
        Activity? span = null;
        try
        {
            if (JobTracing.IsListenedTo)
            {
                span = JobTracing.StartProcess(record, job.Attempt, lease.Worker.Id);
            }

            return new(span, logger.IsEnabled(LogLevel.Critical) ? logger.BeginScope(new JobLogScope(job)) : null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.ObserverFailed(logger, e);
            return new(span, null);
        }
    }

    /// <param name="observed">What <see cref="Begin"/> answered.</param>
    /// <param name="lease">The job's lease.</param>
    /// <param name="settlement">How the attempt is reported; null when another reports it, or nobody.</param>
    /// <param name="error">What the attempt threw.</param>
    public void End(in ObservedAttempt observed, Lease lease, in Settlement? settlement, Exception? error)
    {
        if (observed is { Span: null, LogScope: null })
        {
            return;
        }

        try
        {
            observed.LogScope?.Dispose();
            if (observed.Span is { IsAllDataRequested: true } span)
            {
                Describe(span, lease, settlement, error);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.ObserverFailed(logger, e);
        }

        Stop(observed.Span);
    }

    private static void Describe(Activity span, Lease lease, in Settlement? settlement, Exception? error)
    {
        var outcome = settlement?.OutcomeWord ?? (lease.StopReason == StopReason.LeaseLost ? JobOutcomes.Lost : JobOutcomes.GivenUp);
        span.SetTag(TelemetryTags.Outcome, outcome);
        if (error is not null && settlement?.ErrorType is { } errorType)
        {
            JobTracing.Fail(span, UnreadableErrorException.Guard(error), errorType);
        }
        else if (settlement is null)
        {
            span.SetStatus(ActivityStatusCode.Error, outcome).SetTag(TelemetryTags.ErrorType, outcome);
        }
    }

    private void Stop(Activity? span)
    {
        try
        {
            span?.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.ObserverFailed(logger, e);
        }
    }
}
