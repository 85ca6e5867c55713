using JobQueue.DeadLetters;
using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Ends jobs that stay leased although nobody runs them: their process died under them too often, or they were cancelled and
/// their worker is gone. Reads the record, makes the last one, and stores it if nothing has changed meanwhile; what fails here is
/// found again by the next pass. Safe to use from any thread.
/// </summary>
internal sealed class Undertaker(RedisShard shard, JobQueueMetrics metrics, JobQueueOptions options, ILogger logger)
{
    public async Task EndAsync(HeldLease held, CancellationToken cancellationToken)
    {
        if (!JobId.TryParse(held.Id, out var id))
        {
            return; // No record can be under such an id; VerifyAsync names it.
        }

        var (now, place) = await ReadScript.RunAsync(shard, id, cancellationToken).ConfigureAwait(false);
        if (place is { } found && found.Token != held.Token)
        {
            return; // It has moved on.
        }

        var bytes = place?.Record ?? [];
        var record = JobRecordReader.TryRead(id, bytes, out var problem) is { } readable
            ? End(readable, held, now)
            : AttemptReport.Unreadable(id, bytes, problem!, now);
        var outcome = record.Status == TerminalStatus.Cancelled ? SettleOutcome.Cancelled : SettleOutcome.Dead;
        var group = outcome == SettleOutcome.Dead ? GroupDescription.Write(record.Name, errorType: null, record.Reason) : [];
        var job = new BuryItem(held.Id, held.Token, bytes, outcome, now, record.Name, group, JobRecordWriter.Write(record));
        if (await BuryScript.RunAsync(shard, job, cancellationToken).ConfigureAwait(false) == ScriptStatus.Applied)
        {
            metrics.Ended(outcome == SettleOutcome.Cancelled ? JobOutcomes.Cancelled : JobOutcomes.Dead, record.Queue, record.Name, attempt: null);
            Log.JobBuried(logger, id, record.Name, record.Reason ?? "It was cancelled, and its worker is gone.");
        }
    }

    private JobRecord End(JobRecord record, HeldLease held, long now)
    {
        record.FinishedAt = now;
        if (held.Crashes == 0)
        {
            record.Status = TerminalStatus.Cancelled;
            return record;
        }

        var reason = DeathReason.TooManyCrashes(held.Crashes, options.CrashWindow);
        record.Status = TerminalStatus.Failed;
        record.Reason = reason.Text;
        record.Fingerprint = ErrorFingerprint.OfReason(record.Name, reason.Kind);
        return record;
    }
}
