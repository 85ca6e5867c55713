using System.ComponentModel.DataAnnotations;

namespace JobQueue;

/// <summary>
/// How long jobs are kept that have ended: until there are more than so many, they are older than so long, or their records
/// take more than so many bytes together, whichever comes first. The oldest go first, with their log and all that was kept
/// for them. A job whose result somebody waits for stays until the wait is over. With several <see cref="JobQueueOptions.Shards"/> each keeps its part of the
/// counts and bytes of completed and cancelled jobs; the count of dead letters is for each of them, because one that is removed is work that is lost.
/// </summary>
/// <remarks>Read once at start. Not thread-safe for writing.</remarks>
public sealed class JobRetention
{
    private const int MaxCount = 10_000_000;
    private const long MaxBytes = 1L << 40;

    private static readonly TimeSpan MinAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(3_650);

    /// <summary>Most completed jobs that are kept, 0 to 10,000,000. Default: 10,000.</summary>
    public int CompletedCount { get; set; } = 10_000;

    /// <summary>How long a completed job is kept, 1 s to 3,650 days. Default: 24 h.</summary>
    public TimeSpan CompletedAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Most bytes of completed jobs' records that are kept, 0 to 1 TiB. Default: 67,108,864 (64 MiB).</summary>
    public long CompletedBytes { get; set; } = 64L << 20;

    /// <summary>Most cancelled jobs that are kept, 0 to 10,000,000. Default: 1,000.</summary>
    public int CancelledCount { get; set; } = 1_000;

    /// <summary>How long a cancelled job is kept, 1 s to 3,650 days. Default: 24 h.</summary>
    public TimeSpan CancelledAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Most bytes of cancelled jobs' records that are kept, 0 to 1 TiB. Default: 67,108,864 (64 MiB).</summary>
    public long CancelledBytes { get; set; } = 64L << 20;

    /// <summary>Most dead letters that are kept, 0 to 10,000,000; a warning is logged at 80 % of it. Default: 100,000.</summary>
    public int DeadCount { get; set; } = 100_000;

    /// <summary>How long a dead letter is kept, 1 s to 3,650 days. Default: 90 days.</summary>
    public TimeSpan DeadAge { get; set; } = TimeSpan.FromDays(90);

    /// <summary>What one of several shards keeps.</summary>
    internal JobRetention PartOf(int shards) => new()
    {
        CompletedCount = (CompletedCount + shards - 1) / shards,
        CompletedAge = CompletedAge,
        CompletedBytes = (CompletedBytes + shards - 1) / shards,
        CancelledCount = (CancelledCount + shards - 1) / shards,
        CancelledAge = CancelledAge,
        CancelledBytes = (CancelledBytes + shards - 1) / shards,
        DeadCount = DeadCount,
        DeadAge = DeadAge,
    };

    internal IEnumerable<ValidationResult> Validate(string member)
        => new[]
        {
            CheckCount(member, nameof(CompletedCount), CompletedCount),
            CheckCount(member, nameof(CancelledCount), CancelledCount),
            CheckCount(member, nameof(DeadCount), DeadCount),
            CheckAge(member, nameof(CompletedAge), CompletedAge),
            CheckAge(member, nameof(CancelledAge), CancelledAge),
            CheckAge(member, nameof(DeadAge), DeadAge),
            CheckBytes(member, nameof(CompletedBytes), CompletedBytes),
            CheckBytes(member, nameof(CancelledBytes), CancelledBytes),
        }.OfType<ValidationResult>();

    private static ValidationResult? CheckCount(string member, string name, int count)
        => count is >= 0 and <= MaxCount ? null : new ValidationResult($"{member}.{name} ({count}) must be between 0 and {MaxCount}.", [member]);

    private static ValidationResult? CheckAge(string member, string name, TimeSpan age)
        => age >= MinAge && age <= MaxAge ? null : new ValidationResult($"{member}.{name} ({age}) must be between {MinAge} and {MaxAge}.", [member]);

    private static ValidationResult? CheckBytes(string member, string name, long bytes)
        => bytes is >= 0 and <= MaxBytes ? null : new ValidationResult($"{member}.{name} ({bytes}) must be between 0 and {MaxBytes}.", [member]);
}
