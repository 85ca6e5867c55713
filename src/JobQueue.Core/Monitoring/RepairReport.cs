namespace JobQueue;

/// <summary>What <see cref="IJobMonitor.RepairAsync"/> did, or would do.</summary>
/// <remarks>Immutable; safe to use from any thread.</remarks>
/// <param name="Repairs">One for each violation, in the order in which they were met; empty for a healthy store.</param>
/// <param name="IsComplete">Whether nothing is left that could be mended. After 20,000 repairs, call again for the rest; a dry run looks at the first 1,000.</param>
public sealed record RepairReport(IReadOnlyList<Repair> Repairs, bool IsComplete);

/// <summary>What is done about one violation.</summary>
/// <remarks>Immutable; safe to use from any thread.</remarks>
/// <param name="Violation">What is wrong.</param>
/// <param name="Action">What mends it; <see langword="null"/> when nothing has to, or can, and the violation's text says what follows.</param>
/// <param name="IsDone">Whether it was done: <see langword="false"/> in a dry run.</param>
public sealed record Repair(Violation Violation, string? Action, bool IsDone);
