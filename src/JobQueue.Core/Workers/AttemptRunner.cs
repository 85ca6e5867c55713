using JobQueue.Diagnostics;
using JobQueue.Handlers;
using JobQueue.Retries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Runs one attempt of a job in a scope of its own and turns how it ended into a settlement with the job's new record.
/// Safe to use from any thread.
/// </summary>
internal sealed class AttemptRunner(
    HandlerRegistry handlers,
    IServiceScopeFactory scopes,
    JobQueueOptions options,
    DurationWindow durations,
    TimeProvider time,
    ILogger logger)
{
    private const int MaxRawBytes = 64 * 1024;

    private readonly RetryPolicy _retries = new(options);

    public HandlerRegistration? FindHandler(string name) => handlers.Find(name);

    /// <returns>How the attempt ended, or null when the lease was lost meanwhile.</returns>
    public async Task<Settlement?> RunAsync(Lease lease, JobRecord record, HandlerRegistration handler)
    {
        var startedAt = time.GetUtcNow();
        var began = time.GetTimestamp();
        byte[]? result = null;
        Exception? error = null;
        try
        {
            result = await InvokeAsync(lease, record, handler, startedAt).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            error = e;
        }

        var elapsed = time.GetElapsedTime(began);
        durations.Add(elapsed);
        if (lease.StopReason == StopReason.LeaseLost)
        {
            return null;
        }

        if (error is null)
        {
            return Complete(lease, record, startedAt, startedAt + elapsed, result);
        }

        return lease.StopReason switch
        {
            StopReason.Shutdown => Settlement.Release(lease, record.Line),
            StopReason.Timeout => Fail(lease, record, handler, startedAt, startedAt + elapsed, TimedOut(record, handler, error)),
            _ => Fail(lease, record, handler, startedAt, startedAt + elapsed, error),
        };
    }

    /// <summary>A record that can't be read becomes a dead letter that keeps its bytes and says why.</summary>
    public Settlement BuryUnreadable(Lease lease, JobId id, string problem)
    {
        Log.RecordCorrupt(logger, lease.IdText, problem);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var record = new JobRecord
        {
            Id = id,
            Name = "unreadable",
            Queue = JobRecord.DefaultQueue,
            Priority = JobPriority.Normal,
            Args = "null"u8.ToArray(),
            CreatedAt = now,
            FinishedAt = now,
            Status = TerminalStatus.Failed,
            Reason = "The record could not be read: " + problem + ".",
            Raw = Convert.ToBase64String(lease.RecordBytes.AsSpan(0, Math.Min(lease.RecordBytes.Length, MaxRawBytes))),
        };
        return Settlement.Bury(lease, record);
    }

    private async Task<byte[]?> InvokeAsync(Lease lease, JobRecord record, HandlerRegistration handler, DateTimeOffset startedAt)
    {
        using var running = new CancellationTokenSource();
        var timeout = _retries.TimeoutOf(record, handler);
        await using var clock = time.CreateTimer(
            static state => ((Lease)state!).Stop(StopReason.Timeout), lease, timeout, System.Threading.Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        lease.Began(running);
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                var context = new JobContext(record, record.RetryCount + 1, _retries.MaxRetriesOf(record, handler), startedAt, scope.ServiceProvider);
                return await handler.Invoke(record.Args, context, options.SerializerOptions, running.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            lease.Ended();
        }
    }

    private static Settlement Complete(Lease lease, JobRecord record, DateTimeOffset startedAt, DateTimeOffset endedAt, byte[]? result)
    {
        record.AddAttempt(new JobAttempt
        {
            Number = record.NextAttemptNumber,
            StartedAt = startedAt,
            EndedAt = endedAt,
            WorkerId = lease.Worker.Id,
        });
        record.Status = TerminalStatus.Completed;
        record.FinishedAt = endedAt.ToUnixTimeMilliseconds();
        record.Result = result is null ? default(ReadOnlyMemory<byte>?) : result; // A null array would become empty memory.
        return Settlement.Complete(lease, record);
    }

    private Settlement Fail(
        Lease lease, JobRecord record, HandlerRegistration handler, DateTimeOffset startedAt, DateTimeOffset endedAt, Exception error)
    {
        var delay = _retries.NextDelay(record, handler, error);
        var number = record.NextAttemptNumber;
        record.AddAttempt(new JobAttempt
        {
            Number = number,
            StartedAt = startedAt,
            EndedAt = endedAt,
            WorkerId = lease.Worker.Id,
            ErrorType = error.GetType().FullName,
            ErrorMessage = Cut(error.Message, JobAttempt.MaxMessageLength),
            StackTrace = Cut(error.StackTrace, JobAttempt.MaxStackTraceLength),
            NextRetryAt = endedAt + delay,
        });
        if (delay is { } wait)
        {
            record.RetryCount++;
            Log.JobRetrying(logger, record.Id, record.Name, number, wait, error);
            return Settlement.Retry(lease, record, wait);
        }

        record.Status = TerminalStatus.Failed;
        record.FinishedAt = endedAt.ToUnixTimeMilliseconds();
        Log.JobDied(logger, record.Id, record.Name, number, error);
        return Settlement.Bury(lease, record);
    }

    private TimeoutException TimedOut(JobRecord record, HandlerRegistration handler, Exception error)
        => new($"The attempt took longer than its timeout of {_retries.TimeoutOf(record, handler)}.", error);

    private static string? Cut(string? text, int length) => text is null || text.Length <= length ? text : text[..length];
}
