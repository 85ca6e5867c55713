namespace JobQueue;

/// <summary>A line of a job's log, as its handler wrote it with <see cref="JobContext.LogAsync"/>.</summary>
/// <remarks>Immutable; safe to use from any thread.</remarks>
/// <param name="At">When it was written, by Redis's clock.</param>
/// <param name="Text">What was written; it may be of several lines.</param>
public sealed record JobLogLine(DateTimeOffset At, string Text);
