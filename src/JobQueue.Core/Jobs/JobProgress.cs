namespace JobQueue;

/// <summary>How far a running job has come, as its handler last said with <see cref="JobContext.ReportProgressAsync"/>.</summary>
/// <remarks>Immutable; safe to use from any thread.</remarks>
/// <param name="Fraction">From 0 to 1.</param>
/// <param name="Message">What the handler said about it, for people.</param>
/// <param name="At">When it said so, by Redis's clock.</param>
public sealed record JobProgress(double Fraction, string? Message, DateTimeOffset At);
