using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>How a lease ends, on its way to Redis.</summary>
internal enum SettlementKind
{
    Complete,
    Retry,
    Bury,
    Release,
}

/// <param name="Kind">Which script stores it.</param>
/// <param name="Lease">The lease it ends.</param>
/// <param name="Line">The list the job waits in next, if it does.</param>
/// <param name="Record">The job's new record; empty for a release, which writes none.</param>
/// <param name="DelayMs">How long the job waits before it is due again.</param>
internal readonly record struct Settlement(SettlementKind Kind, Lease Lease, string Line, byte[] Record, long DelayMs)
{
    public static Settlement Complete(Lease lease, JobRecord record) => new(SettlementKind.Complete, lease, record.Line, JobRecordWriter.Write(record), 0);

    public static Settlement Retry(Lease lease, JobRecord record, TimeSpan delay)
        => new(SettlementKind.Retry, lease, record.Line, JobRecordWriter.Write(record), (long)Math.Ceiling(delay.TotalMilliseconds));

    public static Settlement Bury(Lease lease, JobRecord record) => new(SettlementKind.Bury, lease, record.Line, JobRecordWriter.Write(record), 0);

    /// <summary>Back to the front of its list, or for later when a delay is given; no attempt is used.</summary>
    public static Settlement Release(Lease lease, string line, TimeSpan delay = default)
        => new(SettlementKind.Release, lease, line, [], (long)Math.Ceiling(delay.TotalMilliseconds));

    public CompleteItem ToComplete() => new(Lease.IdText, Lease.Token, Record);

    public SettleItem ToSettle()
        => new(Lease.IdText, Lease.Token, Kind == SettlementKind.Retry ? SettleOutcome.Retrying : SettleOutcome.Dead, DelayMs, Line, Record);

    public ReleaseItem ToRelease() => new(Lease.IdText, Lease.Token, Line, DelayMs);
}
