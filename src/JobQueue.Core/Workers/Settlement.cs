using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>How a lease ends, on its way to Redis.</summary>
internal enum SettlementKind
{
    Complete,
    Retry,
    Bury,
    Snooze,
    Cancel,
    Release,
}

/// <param name="Kind">Which script stores it.</param>
/// <param name="Lease">The lease it ends.</param>
/// <param name="Record">The job's new record; empty for a release, which writes none.</param>
/// <param name="DelayMs">How long the job waits before it is due again.</param>
/// <param name="FinishedAt">When the job ended, in ms, as the record says; 0 when it has not.</param>
/// <param name="WaitField">The statistics' field of the time it waited; empty when no handler ran.</param>
/// <param name="RunField">The statistics' field of the time it ran; empty when no handler ran.</param>
/// <param name="Group">What people call its group of dead letters; empty for none.</param>
internal readonly record struct Settlement(
    SettlementKind Kind, Lease Lease, byte[] Record, long DelayMs, long FinishedAt, string WaitField, string RunField, byte[] Group)
{
    /// <summary>Back to the front of its list, or for later when a delay is given; no attempt is used.</summary>
    public static Settlement Release(Lease lease, TimeSpan delay = default)
        => new(SettlementKind.Release, lease, [], (long)Math.Ceiling(delay.TotalMilliseconds), 0, "", "", []);

    public CompleteItem ToComplete()
        => new(Lease.IdBytes, Lease.Token, FinishedAt, HandlerName, WaitField, RunField, Record);

    public SettleItem ToSettle()
        => new(Lease.IdText, Lease.Token, Outcome, DelayMs, LineToWaitIn, FinishedAt, HandlerName, WaitField, RunField, Group, Record);

    public ReleaseItem ToRelease() => new(Lease.IdText, Lease.Token, LineToWaitIn, DelayMs);

    /// <summary>How the attempt ended, as spans and metrics say it.</summary>
    public string OutcomeWord => Kind switch
    {
        SettlementKind.Complete => JobOutcomes.Completed,
        SettlementKind.Retry => JobOutcomes.Retrying,
        SettlementKind.Snooze => JobOutcomes.Snoozed,
        SettlementKind.Cancel => JobOutcomes.Cancelled,
        SettlementKind.Release => JobOutcomes.HandedBack,
        _ => RunField.Length > 0 && ErrorType is null ? JobOutcomes.Discarded : JobOutcomes.Dead,
    };

    /// <summary>What the record keeps of the error that ended the attempt; null when none did.</summary>
    public string? ErrorType
        => Kind is SettlementKind.Retry or SettlementKind.Bury or SettlementKind.Cancel && RunField.Length > 0 && Lease.Record?.Attempts is [.., var attempt]
            ? attempt.ErrorType
            : null;

    /// <summary>Counts it, once the store has taken it.</summary>
    public void CountIn(JobQueueMetrics metrics)
    {
        if (Kind != SettlementKind.Release)
        {
            metrics.Ended(OutcomeWord, Lease.Record?.Queue ?? JobRecord.DefaultQueue, HandlerName, RunField.Length > 0 ? Lease.Attempt?.Measured : null);
        }
    }

    private SettleOutcome Outcome => Kind switch
    {
        SettlementKind.Retry => SettleOutcome.Retrying,
        SettlementKind.Bury => SettleOutcome.Dead,
        SettlementKind.Snooze => SettleOutcome.Scheduled,
        _ => SettleOutcome.Cancelled,
    };

    private string HandlerName => Lease.Record?.Name ?? AttemptReport.UnreadableName;

    /// <summary>A suspect's own line is its record's; the scripts choose the other one while it is a suspect.</summary>
    private string LineToWaitIn => Lease.IsSuspect && Lease.Record is { } record ? record.Line : Lease.Line;
}
