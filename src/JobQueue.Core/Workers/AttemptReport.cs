using JobQueue.DeadLetters;
using JobQueue.Diagnostics;
using JobQueue.Monitoring;
using JobQueue.Retries;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Turns how an attempt ended, or why it never began, into a settlement with the job's new record. Safe to use from any
/// thread; a lease is reported by whoever claims it.
/// </summary>
internal sealed class AttemptReport(JobQueueOptions options, RetryPolicy retries, TimeProvider time, ILogger logger)
{
    public const string UnreadableName = "unreadable";

    private const int MaxRawBytes = 64 * 1024;

    /// <summary>Arguments above this size are not kept with a completed job.</summary>
    private const int MaxArgsKept = 16 * 1024;

    private static readonly TimeSpan HandBackDelay = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The handler has returned or thrown, or its caller has given up waiting for it. The lease is claimed, so nobody else
    /// will report it: when the report itself fails, the job is handed back instead of staying leased.
    /// </summary>
    /// <returns>Null when the lease is not this worker's to report.</returns>
    public Settlement? Ended(Lease lease, JobRecord record, Attempt attempt, byte[]? result, Exception? error)
    {
        try
        {
            return lease.StopReason == StopReason.LeaseLost ? null
                : error is null ? Returned(lease, record, attempt, result)
                : Threw(lease, record, attempt, UnreadableErrorException.Guard(error));
        }
        catch (Exception e)
        {
            Log.LoopFailed(logger, "report", e);
            return Settlement.Release(lease, HandBackDelay);
        }
    }

    private Settlement Returned(Lease lease, JobRecord record, Attempt attempt, byte[]? result)
    {
        if (attempt.Context.SnoozeDelay > TimeSpan.Zero)
        {
            return Snooze(lease, record, attempt, attempt.Context.SnoozeDelay);
        }

        var (endedAt, elapsed) = EndOf(attempt);
        if (attempt.Context.DiscardReason is { } reason)
        {
            AddAttempt(lease, record, attempt, endedAt);
            Log.JobDiscarded(logger, record.Id, record.Name);
            return Bury(lease, record, attempt, endedAt, elapsed, DeathReason.Discarded(reason));
        }

        record.Status = TerminalStatus.Completed;
        record.FinishedAt = endedAt;
        KeepResult(record, result);
        DropLargeArgs(record);
        var run = new AttemptRun(record.NextAttemptNumber, attempt.StartedAt, endedAt, lease.Worker.Id);
        return new(SettlementKind.Complete, lease, JobRecordWriter.Write(record, run), 0, endedAt, attempt.WaitField, RunOf(elapsed), []);
    }

    private Settlement Threw(Lease lease, JobRecord record, Attempt attempt, Exception error) => lease.StopReason switch
    {
        StopReason.Shutdown or StopReason.LeaseUncertain => Settlement.Release(lease),
        StopReason.Cancelled => CancelAttempt(lease, record, attempt, error),
        StopReason.Deadline => FailForGood(lease, record, attempt, error, DeathReason.DeadlinePassed(record.Deadline ?? 0)),
        StopReason.Timeout => Fail(lease, record, attempt, new TimeoutException($"The attempt took longer than its timeout of {retries.TimeoutOf(record, attempt.Handler)}.", error)),
        _ => Fail(lease, record, attempt, error),
    };

    /// <summary>The job was cancelled before a handler ran.</summary>
    public static Settlement Cancel(Lease lease, JobRecord record)
    {
        End(record, TerminalStatus.Cancelled, lease.Grant.ServerNow);
        return new(SettlementKind.Cancel, lease, JobRecordWriter.Write(record), 0, record.FinishedAt!.Value, "", "", []);
    }

    /// <summary>What was reported would have let the job wait again, or die of a failure, and meanwhile it was cancelled.</summary>
    public static Settlement CancelInstead(in Settlement settlement)
    {
        var lease = settlement.Lease;
        var record = lease.Record;
        if (record is null)
        {
            // It was handed back before a slot had read it.
            _ = JobId.TryParse(lease.IdBytes, out var id);
            record = JobRecordReader.TryRead(id, lease.RecordBytes, out var problem) ?? Unreadable(id, lease.RecordBytes, problem!, lease.Grant.ServerNow);
            lease.Record = record;
        }

        End(record, TerminalStatus.Cancelled, lease.Grant.ServerNow);
        record.Fingerprint = null;
        record.Reason = null;
        return settlement with
        {
            Kind = SettlementKind.Cancel,
            Record = JobRecordWriter.Write(record),
            DelayMs = 0,
            FinishedAt = record.FinishedAt!.Value,
            Group = [],
        };
    }

    /// <summary>The job must not run any more, and no handler ran.</summary>
    public Settlement Bury(Lease lease, JobRecord record, DeathReason reason)
    {
        Log.JobBuried(logger, record.Id, record.Name, reason.Text);
        End(record, TerminalStatus.Failed, lease.Grant.ServerNow);
        record.Reason = reason.Text;
        record.Fingerprint = ErrorFingerprint.OfReason(record.Name, reason.Kind);
        var group = GroupDescription.Write(record.Name, errorType: null, reason.Text);
        return new(SettlementKind.Bury, lease, JobRecordWriter.Write(record), 0, record.FinishedAt!.Value, "", "", group);
    }

    /// <summary>The job is put off without an attempt, and its record remembers why.</summary>
    public static Settlement PutOff(Lease lease, JobRecord record, TimeSpan delay)
        => new(SettlementKind.Snooze, lease, JobRecordWriter.Write(record), (long)Math.Ceiling(delay.TotalMilliseconds), 0, "", "", []);

    /// <summary>The job's record says how it ended, but it was leased again after a script that stopped half-way: say so again.</summary>
    public static Settlement SayAgain(Lease lease, JobRecord record)
    {
        var kind = record.Status switch
        {
            TerminalStatus.Completed => SettlementKind.Complete,
            TerminalStatus.Failed => SettlementKind.Bury,
            _ => SettlementKind.Cancel,
        };
        var field = kind == SettlementKind.Complete ? DurationBuckets.RunField(0) : "";
        return new(
            kind, lease, lease.RecordBytes, 0, record.FinishedAt ?? lease.Grant.ServerNow, kind == SettlementKind.Complete ? DurationBuckets.WaitField(0) : "", field,
            kind == SettlementKind.Bury ? GroupDescription.Write(record.Name, errorType: null, record.Reason) : []);
    }

    /// <summary>A record that can't be read becomes a dead letter that keeps its bytes and says why.</summary>
    public Settlement BuryUnreadable(Lease lease, JobId id, string problem)
    {
        Log.RecordCorrupt(logger, lease.IdText, problem);
        var record = Unreadable(id, lease.RecordBytes, problem, lease.Grant.ServerNow);
        return new(
            SettlementKind.Bury, lease, JobRecordWriter.Write(record), 0, record.FinishedAt!.Value, "", "",
            GroupDescription.Write(record.Name, errorType: null, record.Reason));
    }

    /// <summary>The record that takes the place of one that can't be read.</summary>
    public static JobRecord Unreadable(JobId id, byte[] bytes, string problem, long now) => new()
    {
        Id = id,
        Name = UnreadableName,
        Queue = JobRecord.DefaultQueue,
        Priority = JobPriority.Normal,
        Args = "null"u8.ToArray(),
        CreatedAt = now,
        FinishedAt = now,
        Status = TerminalStatus.Failed,
        Fingerprint = ErrorFingerprint.OfReason(UnreadableName, UnreadableName),
        Reason = "The record could not be read: " + problem + ".",
        Raw = Convert.ToBase64String(RecordStandIn.HeadOf(bytes, MaxRawBytes)),
    };

    private Settlement Fail(Lease lease, JobRecord record, Attempt attempt, Exception error)
    {
        if (retries.NextDelay(record, attempt.Handler, error) is not { } delay)
        {
            return FailForGood(lease, record, attempt, error, reason: null);
        }

        var (endedAt, elapsed) = EndOf(attempt);
        if (record.Deadline is { } deadline && endedAt + delay.TotalMilliseconds >= deadline)
        {
            return FailForGood(lease, record, attempt, error, DeathReason.DeadlineBeforeRetry(deadline));
        }

        var number = AddAttempt(lease, record, attempt, endedAt, error, endedAt + (long)Math.Ceiling(delay.TotalMilliseconds));
        record.RetryCount++;
        Log.JobRetrying(logger, record.Id, record.Name, number, delay, error);
        return new(
            SettlementKind.Retry, lease, JobRecordWriter.Write(record), (long)Math.Ceiling(delay.TotalMilliseconds), 0, attempt.WaitField, RunOf(elapsed), []);
    }

    private Settlement FailForGood(Lease lease, JobRecord record, Attempt attempt, Exception error, DeathReason? reason)
    {
        var (endedAt, elapsed) = EndOf(attempt);
        var number = AddAttempt(lease, record, attempt, endedAt, error);
        Log.JobDied(logger, record.Id, record.Name, number, error);
        End(record, TerminalStatus.Failed, endedAt);
        record.Reason = reason?.Text;
        record.Fingerprint = ErrorFingerprint.Of(record.Name, error);
        return new(
            SettlementKind.Bury, lease, JobRecordWriter.Write(record), 0, endedAt, attempt.WaitField, RunOf(elapsed), GroupDescription.Write(record.Name, error));
    }

    private static Settlement Bury(Lease lease, JobRecord record, Attempt attempt, long endedAt, TimeSpan elapsed, DeathReason reason)
    {
        End(record, TerminalStatus.Failed, endedAt);
        record.Reason = reason.Text;
        record.Fingerprint = ErrorFingerprint.OfReason(record.Name, reason.Kind);
        return new(
            SettlementKind.Bury, lease, JobRecordWriter.Write(record), 0, endedAt, attempt.WaitField, RunOf(elapsed),
            GroupDescription.Write(record.Name, errorType: null, reason.Text));
    }

    private Settlement CancelAttempt(Lease lease, JobRecord record, Attempt attempt, Exception error)
    {
        var (endedAt, elapsed) = EndOf(attempt);
        AddAttempt(lease, record, attempt, endedAt, error is OperationCanceledException ? null : error);
        End(record, TerminalStatus.Cancelled, endedAt);
        return new(SettlementKind.Cancel, lease, JobRecordWriter.Write(record), 0, endedAt, attempt.WaitField, RunOf(elapsed), []);
    }

    private Settlement Snooze(Lease lease, JobRecord record, Attempt attempt, TimeSpan delay)
    {
        var (endedAt, elapsed) = EndOf(attempt);
        record.Snoozes++;
        record.ScheduledAt = endedAt + (long)Math.Ceiling(delay.TotalMilliseconds);
        return new(
            SettlementKind.Snooze, lease, JobRecordWriter.Write(record), (long)Math.Ceiling(delay.TotalMilliseconds), 0, attempt.WaitField, RunOf(elapsed), []);
    }

    private (long EndedAt, TimeSpan Elapsed) EndOf(Attempt attempt)
    {
        var elapsed = time.GetElapsedTime(attempt.Began);
        attempt.Elapsed = elapsed;
        return (attempt.StartedAt + (long)elapsed.TotalMilliseconds, elapsed);
    }

    private void KeepResult(JobRecord record, byte[]? result)
    {
        if (result is null)
        {
            return; // A null array would become empty memory.
        }

        if (result.Length <= options.MaxResultBytes)
        {
            record.Result = result;
            return;
        }

        // The work is done, so the job has completed: to fail it would do the work again.
        record.ResultDropped = result.Length;
        Log.ResultTooLarge(logger, record.Id, record.Name, result.Length, options.MaxResultBytes);
    }

    private static void DropLargeArgs(JobRecord record)
    {
        if (record.Args.Length > MaxArgsKept)
        {
            record.ArgsDropped = record.Args.Length;
            record.Args = "null"u8.ToArray();
        }
    }

    private static int AddAttempt(Lease lease, JobRecord record, Attempt attempt, long endedAt, Exception? error = null, long? nextRetryAt = null)
    {
        var number = record.NextAttemptNumber;
        record.AddAttempt(new JobAttempt
        {
            Number = number,
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(attempt.StartedAt),
            EndedAt = DateTimeOffset.FromUnixTimeMilliseconds(endedAt),
            WorkerId = lease.Worker.Id,
            ErrorType = error?.GetType().FullName,
            ErrorMessage = Cut(error?.Message, JobAttempt.MaxMessageLength),
            StackTrace = Cut(error?.StackTrace ?? error?.InnerException?.StackTrace, JobAttempt.MaxStackTraceLength), // A timeout's own says nothing: where the handler was, does.
            NextRetryAt = nextRetryAt is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
        });
        return number;
    }

    private static void End(JobRecord record, TerminalStatus status, long at)
    {
        record.Status = status;
        record.FinishedAt = at;
        record.UnknownSince = null;
    }

    private static string RunOf(TimeSpan elapsed) => DurationBuckets.RunField(DurationBuckets.Of(elapsed));

    private static string? Cut(string? text, int length) => text is null || text.Length <= length ? text : text[..length];
}
